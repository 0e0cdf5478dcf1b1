/// What ANALYZE makes of a sample of a table's rows.
@NullMarked
package quiver.execution.analyze;

import org.jspecify.annotations.NullMarked;
