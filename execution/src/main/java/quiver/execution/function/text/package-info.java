/// String, pattern and encoding functions: the section "Strings" of the registry, but for `to_char`
/// and its kin.
@NullMarked
package quiver.execution.function.text;

import org.jspecify.annotations.NullMarked;
