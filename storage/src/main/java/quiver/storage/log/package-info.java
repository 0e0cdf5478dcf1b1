/// The log broker: ordered, durable channels of opaque records.
@NullMarked
package quiver.storage.log;

import org.jspecify.annotations.NullMarked;
