/// The transactional metadata store: small values, guarded commits, watches and leases.
@NullMarked
package quiver.storage.meta;

import org.jspecify.annotations.NullMarked;
