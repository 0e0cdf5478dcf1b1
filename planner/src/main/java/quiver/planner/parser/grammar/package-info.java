/// What the generated parser stands on: the lexer, the keyword lists and the builders its
/// productions call.
@NullMarked
package quiver.planner.parser.grammar;

import org.jspecify.annotations.NullMarked;
