package quiver.server.nemesis;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;

/// Moves money between the accounts of two tables in transactions, and looks whether the sum stays
/// what it was: half a transaction would change it.
final class Banker extends Client {
  private static final int ACCOUNTS = 16;
  private static final int AMOUNT = 100;

  private final SplittableRandom random;

  Banker(int id, long seed, FrontEnds frontEnds) {
    super("banker-" + id, frontEnds);
    this.random = new SplittableRandom(seed);
  }

  static void createTables(Connection connection) throws SQLException {
    for (String table : new String[] {"bank_a", "bank_b"}) {
      execute(connection, "CREATE TABLE " + table + " (id int PRIMARY KEY, amount int NOT NULL)");
      execute(
          connection,
          "INSERT INTO "
              + table
              + " SELECT i, "
              + AMOUNT
              + " FROM generate_series(1, "
              + ACCOUNTS
              + ") i");
    }
  }

  @Override
  void step(Connection connection) throws SQLException {
    if (random.nextInt(4) == 0) {
      verify(connection);
      return;
    }
    int amount = random.nextInt(-10, 11);
    execute(connection, "BEGIN");
    execute(connection, change("bank_a", amount));
    execute(connection, change("bank_b", -amount));
    execute(connection, "COMMIT");
  }

  private String change(String table, int amount) {
    return "UPDATE "
        + table
        + " SET amount = amount + "
        + amount
        + " WHERE id = "
        + (1 + random.nextInt(ACCOUNTS));
  }

  @Override
  void unknown() {
    // Moved or not: the sum is the same.
  }

  @Override
  void refused() {
    // Not moved: the sum is the same.
  }

  /// Adds all accounts up.
  void verify(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT (SELECT sum(amount) FROM bank_a) + (SELECT sum(amount) FROM bank_b)")) {
      rows.next();
      if (rows.getLong(1) != 2L * ACCOUNTS * AMOUNT) {
        throw new AssertionError(name() + ": the accounts hold " + rows.getLong(1) + " in all");
      }
    }
  }
}
