/// As much of SQL as the driver must understand: what may be sent twice, what a session keeps, and
/// which INSERT a COPY can stand for.
@NullMarked
package quiver.jdbc.sql;

import org.jspecify.annotations.NullMarked;
