/// Expression trees compiled once into column kernels with PostgreSQL's three-valued logic and
/// evaluation order.
@NullMarked
package quiver.execution.expression;

import org.jspecify.annotations.NullMarked;
