/// Implementations of the functions that the registry in `quiver.common.function` describes.
@NullMarked
package quiver.execution.function;

import org.jspecify.annotations.NullMarked;
