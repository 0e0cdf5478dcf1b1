/// What one execution of a plan carries with it: bindings, memory, cancellation, sources, figures.
@NullMarked
package quiver.execution.runtime;

import org.jspecify.annotations.NullMarked;
