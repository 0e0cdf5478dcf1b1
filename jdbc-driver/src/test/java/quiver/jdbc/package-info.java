/// Tests of the JDBC driver.
@NullMarked
package quiver.jdbc;

import org.jspecify.annotations.NullMarked;
