/// Messages between processes as bytes: one codec for every record of the service interfaces.
@NullMarked
package quiver.rpc.codec;

import org.jspecify.annotations.NullMarked;
