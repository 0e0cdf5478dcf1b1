/// Tests of what the services share.
@NullMarked
package quiver.rpc;

import org.jspecify.annotations.NullMarked;
