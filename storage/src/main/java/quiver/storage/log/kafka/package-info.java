/// The log broker of a cluster: Kafka, one topic of one partition a channel.
@NullMarked
package quiver.storage.log.kafka;

import org.jspecify.annotations.NullMarked;
