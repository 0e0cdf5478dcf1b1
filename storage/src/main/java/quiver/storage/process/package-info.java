/// The servers a cluster stands on, run as child processes of this machine: etcd, a Kafka broker,
/// an S3 server. For local clusters and for tests.
@NullMarked
package quiver.storage.process;

import org.jspecify.annotations.NullMarked;
