package quiver.server.nemesis;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Moves money between the accounts of two tables in transactions, and looks whether the sum stays
/// what it was: half a transaction would change it. Every transfer has an idempotency key and
/// leaves an entry: what may or may not have been done is done again, until it is certain, and
/// there is one entry of each.
final class Banker extends Client {
  private static final int ACCOUNTS = 16;
  private static final int AMOUNT = 100;

  private static final String ALREADY_COMMITTED = "25Q01";

  private final SplittableRandom random;
  private int transferCount;
  private int repeatedCount;

  /// What is not certain yet.
  private @Nullable Transfer transfer;

  /// @param from and `to`: what is done to the accounts
  private record Transfer(int number, String from, String to) {}

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
    execute(connection, "CREATE TABLE bank_entries (banker text NOT NULL, number int NOT NULL)");
  }

  @Override
  void step(Connection connection) throws SQLException {
    if (random.nextInt(4) == 0) {
      verify(connection);
      return;
    }
    Transfer next = transfer;
    if (next == null) {
      int amount = random.nextInt(-10, 11);
      next = new Transfer(transferCount + 1, change("bank_a", amount), change("bank_b", -amount));
      transfer = next;
    }
    try {
      carryOut(connection, next);
    } catch (SQLException e) {
      if (!ALREADY_COMMITTED.equals(e.getSQLState())) {
        throw e;
      }
      execute(connection, "ROLLBACK");
      repeatedCount++;
    }
    transferCount = next.number();
    transfer = null;
  }

  private void carryOut(Connection connection, Transfer next) throws SQLException {
    execute(connection, "BEGIN");
    execute(
        connection,
        "SET LOCAL quiver.idempotency_key = '" + name() + " transfer " + next.number() + "'");
    execute(
        connection, "INSERT INTO bank_entries VALUES ('" + name() + "', " + next.number() + ")");
    execute(connection, next.from());
    execute(connection, next.to());
    execute(connection, "COMMIT");
  }

  /// Transfers that had been carried out when they were repeated.
  int repeatedCount() {
    return repeatedCount;
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
    // The transfer is repeated until it is certain.
  }

  @Override
  void refused() {
    // The transfer is repeated until it is certain.
  }

  /// Looks whether every transfer has been carried out once.
  void verifyEntries(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*), count(DISTINCT number), coalesce(max(number), 0)"
                    + " FROM bank_entries WHERE banker = '"
                    + name()
                    + "'")) {
      rows.next();
      // One that was not certain when the client had to stop may be there.
      boolean isRight =
          rows.getInt(1) == rows.getInt(2)
              && rows.getInt(2) == rows.getInt(3)
              && (rows.getInt(3) == transferCount
                  || (transfer != null && rows.getInt(3) == transferCount + 1));
      if (!isRight) {
        throw new AssertionError(
            name()
                + ": "
                + rows.getInt(1)
                + " entries of "
                + rows.getInt(2)
                + " transfers, of "
                + transferCount);
      }
    }
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
