/// The JDBC driver, with pgjdbc inside.
module io.quiver.jdbc {
  requires transitive java.sql;
  requires java.management;
  requires java.naming;
  requires java.security.jgss;
  requires static java.security.sasl;

  exports quiver.jdbc;
  exports quiver.jdbc.vector;

  provides java.sql.Driver with
      quiver.jdbc.QuiverDriver;
}
