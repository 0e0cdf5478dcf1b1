/// Tests of the values roles leave for each other.
@NullMarked
package quiver.rpc.meta;

import org.jspecify.annotations.NullMarked;
