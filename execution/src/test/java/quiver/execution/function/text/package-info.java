/// Tests of string functions.
@NullMarked
package quiver.execution.function.text;

import org.jspecify.annotations.NullMarked;
