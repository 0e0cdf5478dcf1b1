/// Tests of the JSON functions.
@NullMarked
package quiver.execution.function.json;

import org.jspecify.annotations.NullMarked;
