package quiver.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.diff.DiffGeneratorFactory;
import liquibase.diff.DiffResult;
import liquibase.diff.compare.CompareControl;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.snapshot.DatabaseSnapshot;
import liquibase.snapshot.SnapshotControl;
import liquibase.snapshot.SnapshotGeneratorFactory;
import liquibase.structure.core.ForeignKey;
import liquibase.structure.core.Index;
import liquibase.structure.core.PrimaryKey;
import liquibase.structure.core.Table;
import liquibase.ui.LoggerUIService;

/// Liquibase: update, status, tag, rollback, snapshot and diff.
final class LiquibaseClient {
  private LiquibaseClient() {}

  public static void main(String[] args) throws Exception {
    Scope.child(Scope.Attr.ui, new LoggerUIService(), () -> run(args[0]));
  }

  private static void run(String url) throws Exception {
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.createStatement().execute("CREATE SCHEMA IF NOT EXISTS liqui");
      Database database =
          DatabaseFactory.getInstance()
              .findCorrectDatabaseImplementation(new JdbcConnection(connection));
      database.setDefaultSchemaName("liqui");
      database.setLiquibaseSchemaName("liqui");
      Liquibase liquibase =
          new Liquibase("liquibase/changelog.xml", new ClassLoaderResourceAccessor(), database);
      Contexts contexts = new Contexts();
      LabelExpression labels = new LabelExpression();
      assertThat(liquibase.listUnrunChangeSets(contexts, labels)).hasSize(4);
      liquibase.tag("before");
      liquibase.update(contexts, labels);
      assertThat(liquibase.listUnrunChangeSets(contexts, labels)).isEmpty();
      liquibase.update(contexts, labels);
      liquibase.reportStatus(true, contexts, new StringWriter());
      snapshot(database);
      liquibase.rollback("before", contexts);
      assertThat(liquibase.listUnrunChangeSets(contexts, labels)).hasSize(4);
      liquibase.dropAll();
    }
  }

  private static void snapshot(Database database) throws Exception {
    DatabaseSnapshot snapshot =
        SnapshotGeneratorFactory.getInstance()
            .createSnapshot(database.getDefaultSchema(), database, new SnapshotControl(database));
    assertThat(snapshot.get(Table.class)).extracting(Table::getName).contains("authors", "books");
    assertThat(snapshot.get(PrimaryKey.class)).hasSizeGreaterThanOrEqualTo(2);
    assertThat(snapshot.get(ForeignKey.class))
        .extracting(ForeignKey::getName)
        .contains("books_author");
    assertThat(snapshot.get(Index.class)).extracting(Index::getName).contains("books_title");
    DiffResult difference =
        DiffGeneratorFactory.getInstance().compare(snapshot, snapshot, new CompareControl());
    assertThat(difference.areEqual()).isTrue();
  }
}
