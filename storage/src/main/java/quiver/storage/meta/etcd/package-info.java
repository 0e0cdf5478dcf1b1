/// The meta store of a cluster: etcd, through its v3 API.
@NullMarked
package quiver.storage.meta.etcd;

import org.jspecify.annotations.NullMarked;
