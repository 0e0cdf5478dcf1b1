/// Service interfaces between the layers, on plain records of `quiver.common`. The in-process
/// transport is a direct call.
@NullMarked
package quiver.rpc;

import org.jspecify.annotations.NullMarked;
