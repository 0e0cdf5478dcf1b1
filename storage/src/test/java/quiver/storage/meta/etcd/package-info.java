/// Tests of the package of the same name.
@NullMarked
package quiver.storage.meta.etcd;

import org.jspecify.annotations.NullMarked;
