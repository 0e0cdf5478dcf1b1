/// The manifest of a shard: which objects hold its rows.
@NullMarked
package quiver.storage.manifest;

import org.jspecify.annotations.NullMarked;
