/// Functions and operators on `json` and `jsonb`.
@NullMarked
package quiver.execution.function.json;

import org.jspecify.annotations.NullMarked;
