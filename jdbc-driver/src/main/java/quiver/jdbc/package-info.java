/// The JDBC driver of Quiver: [QuiverDriver] for the URLs `jdbc:quiver:`, two data sources,
/// [QuiverConnection] and [BulkWriter] for what JDBC has no words for.
///
/// Everything is done by pgjdbc; the classes here stand in front of its objects. What they add to a
/// statement is one comparison before it is sent and one object for its rows.
@NullMarked
package quiver.jdbc;

import org.jspecify.annotations.NullMarked;
