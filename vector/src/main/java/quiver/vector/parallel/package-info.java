/// Loops shared by the caller and helper threads.
@NullMarked
package quiver.vector.parallel;

import org.jspecify.annotations.NullMarked;
