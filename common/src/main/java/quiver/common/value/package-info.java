/// Values of types that the JDK has no exact class for.
@NullMarked
package quiver.common.value;

import org.jspecify.annotations.NullMarked;
