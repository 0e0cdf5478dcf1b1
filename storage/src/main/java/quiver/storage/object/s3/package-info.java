/// The object store of a cluster: a bucket of MinIO or any other S3 service.
@NullMarked
package quiver.storage.object.s3;

import org.jspecify.annotations.NullMarked;
