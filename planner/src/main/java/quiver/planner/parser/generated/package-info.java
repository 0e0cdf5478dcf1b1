/// The parser JavaCC generates, and the classes it would generate beside it but which we write
/// ourselves to say what they are for.
@NullMarked
package quiver.planner.parser.generated;

import org.jspecify.annotations.NullMarked;
