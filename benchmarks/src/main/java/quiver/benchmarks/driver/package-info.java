/// Measures our JDBC driver beside pgjdbc.
@NullMarked
package quiver.benchmarks.driver;

import org.jspecify.annotations.NullMarked;
