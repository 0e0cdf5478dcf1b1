/// Tests of the wire codec.
@NullMarked
package quiver.rpc.codec;

import org.jspecify.annotations.NullMarked;
