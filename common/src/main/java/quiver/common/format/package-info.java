/// Text and binary formats of every type, and the rules of type modifiers.
@NullMarked
package quiver.common.format;

import org.jspecify.annotations.NullMarked;
