/// PostgreSQL's semantic analysis: syntax trees in, Calcite's relational algebra out. Names, types,
/// implicit conversions and error messages are decided here.
@NullMarked
package quiver.planner.binder;

import org.jspecify.annotations.NullMarked;
