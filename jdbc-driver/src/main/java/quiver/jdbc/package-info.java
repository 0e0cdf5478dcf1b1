/// A JDBC driver built on pgjdbc: the URL scheme `jdbc:quiver:`.
@NullMarked
package quiver.jdbc;

import org.jspecify.annotations.NullMarked;
