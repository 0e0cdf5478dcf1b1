/// Functions that read the catalog and the session: `regclass`, `pg_get_…def`, `current_setting`,
/// sequences, advisory locks.
@NullMarked
package quiver.execution.function.catalog;

import org.jspecify.annotations.NullMarked;
