/// Runs statement plans: scatter and gather, the constraints and write sets of DML, COPY, commit,
/// EXPLAIN.
@NullMarked
package quiver.frontend.statement;

import org.jspecify.annotations.NullMarked;
