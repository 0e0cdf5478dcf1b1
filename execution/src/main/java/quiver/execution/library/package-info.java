/// The function library of the engine: all implementations behind one interface.
@NullMarked
package quiver.execution.library;

import org.jspecify.annotations.NullMarked;
