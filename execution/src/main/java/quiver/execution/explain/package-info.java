/// EXPLAIN: plans as PostgreSQL-like text and JSON, with the figures of an execution.
@NullMarked
package quiver.execution.explain;

import org.jspecify.annotations.NullMarked;
