/// The JDBC driver, with pgjdbc beside it.
module io.quiver.jdbc {
  requires transitive java.sql;
  requires java.naming;
  requires org.postgresql.jdbc;

  exports quiver.jdbc;
  exports quiver.jdbc.vector;

  // pgjdbc makes the objects of our types.
  exports quiver.jdbc.wire to
      org.postgresql.jdbc;

  provides java.sql.Driver with
      quiver.jdbc.QuiverDriver;
}
