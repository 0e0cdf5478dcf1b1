/// Tests of the parser.
@NullMarked
package quiver.planner.parser;

import org.jspecify.annotations.NullMarked;
