package quiver.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import quiver.common.catalog.ColumnDefinition.Identity;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.error.QuiverException;
import quiver.common.function.FunctionRegistry;
import quiver.common.plan.SessionCommand;
import quiver.common.plan.StatementPlan;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

final class DefinitionTest {
  private final Planner planner = new Planner(FunctionRegistry.standard());

  private StatementPlan plan(String sql) {
    return planner.plan(planner.parse(sql).getFirst(), sql, TestCatalog.context()).plan();
  }

  private DdlCommand ddl(String sql) {
    return ((StatementPlan.Ddl) plan(sql)).command();
  }

  private void assertRefused(String sql, String code, String message) {
    assertThatThrownBy(() -> plan(sql))
        .isInstanceOfSatisfying(
            QuiverException.class,
            e -> {
              assertThat(e.state().code()).isEqualTo(code);
              assertThat(e.message()).isEqualTo(message);
            });
  }

  @Test
  void tablesKeepNormalisedDefaultsAndChecks() {
    DdlCommand.CreateTable table =
        (DdlCommand.CreateTable)
            ddl(
                "CREATE TABLE t (id serial PRIMARY KEY, x text DEFAULT 'a' NOT NULL,"
                    + " y float8 CHECK (y > 0), z timestamptz DEFAULT CURRENT_TIMESTAMP,"
                    + " v vector(384), n int GENERATED ALWAYS AS IDENTITY,"
                    + " CONSTRAINT c2 CHECK (x <> '' AND y IS NOT NULL OR n IN (1, 2)))");
    assertThat(table.schema()).isEqualTo("public");
    assertThat(table.primaryKey()).contains(new DdlCommand.NewKey(Optional.empty(), List.of("id")));
    assertThat(table.columns())
        .contains(
            new DdlCommand.NewColumn(
                "id", SqlType.INT4, true, Optional.empty(), true, Identity.NONE),
            new DdlCommand.NewColumn(
                "x", SqlType.TEXT, true, Optional.of("'a'::text"), false, Identity.NONE),
            new DdlCommand.NewColumn(
                "v",
                SqlType.of(BaseType.VECTOR, 384),
                false,
                Optional.empty(),
                false,
                Identity.NONE),
            new DdlCommand.NewColumn(
                "n", SqlType.INT4, true, Optional.empty(), false, Identity.ALWAYS));
    assertThat(table.checks().getFirst())
        .isEqualTo(
            new DdlCommand.NewCheck(
                Optional.empty(), Optional.of("y"), "(y > (0)::double precision)"));
    assertThat(table.checks().getLast().name()).contains("c2");
  }

  @Test
  void aCheckReadsBackAsItself() {
    String check =
        ((DdlCommand.CreateTable)
                ddl(
                    "CREATE TABLE t (a int, b text, c numeric, CHECK (a BETWEEN 1 AND 10 AND"
                        + " (b LIKE 'x%' OR b IN ('p', 'q''s')) AND coalesce(c, 0) > -1.5"
                        + " AND CASE WHEN a > 2 THEN length(b) < 5 ELSE NOT b IS NULL END))"))
            .checks()
            .getFirst()
            .sql();
    String again =
        ((DdlCommand.CreateTable)
                ddl("CREATE TABLE t (a int, b text, c numeric, CHECK (" + check + "))"))
            .checks()
            .getFirst()
            .sql();
    assertThat(again).isEqualTo(check);
  }

  @Test
  void vectorIndexesFollowPgvectorsRules() {
    assertThat(
            ddl(
                "CREATE INDEX IF NOT EXISTS i ON items USING hnsw (embedding vector_l2_ops)"
                    + " WITH (m = 8, ef_construction = 20)"))
        .isEqualTo(
            new DdlCommand.CreateIndex(
                TestCatalog.ITEMS,
                Optional.of("i"),
                true,
                false,
                new DdlCommand.NewIndex(
                    IndexMethod.HNSW,
                    List.of(IndexKey.ofColumn(6, "vector_l2_ops")),
                    List.of(),
                    Map.of("m", "8", "ef_construction", "20"),
                    false,
                    false,
                    Optional.empty())));
    String on = "CREATE INDEX ON items USING hnsw (embedding vector_l2_ops) ";
    assertRefused(on + "WITH (m = 1)", "22023", "value 1 out of bounds for option \"m\"");
    assertRefused(on + "WITH (nope = 1)", "22023", "unrecognized parameter \"nope\"");
    assertRefused(
        on + "WITH (m = 64, ef_construction = 100)",
        "22023",
        "ef_construction must be greater than or equal to 2 * m");
    assertRefused(
        on + "WHERE random() > 1",
        "42P17",
        "functions in index predicate must be marked IMMUTABLE");
    assertRefused(
        "CREATE INDEX ON items USING hnsw (embedding)",
        "42704",
        "data type vector has no default operator class for access method \"hnsw\"");
    assertRefused(
        "CREATE INDEX ON docs USING hnsw (w vector_l2_ops)",
        "22023",
        "column does not have dimensions");
    assertRefused(
        "CREATE INDEX ON items USING hnsw (category vector_l2_ops)",
        "42804",
        "operator class \"vector_l2_ops\" does not accept data type text");
    assertRefused(
        "CREATE INDEX ON items USING ivfflat (embedding vector_l2_ops) WITH (lists = 0)",
        "22023",
        "value 0 out of bounds for option \"lists\"");
  }

  @Test
  void whatIsNotDoneIsRefusedByName() {
    assertRefused("DO $$ BEGIN END $$", "0A000", "DO is not supported");
    assertRefused(
        "CREATE EXTENSION IF NOT EXISTS postgis",
        "0A000",
        "extension \"postgis\" is not available");
  }

  @Test
  void extensionVectorIsThereAlready() {
    assertThat(plan("CREATE EXTENSION IF NOT EXISTS vector"))
        .isInstanceOfSatisfying(
            StatementPlan.Session.class,
            session ->
                assertThat(session.command()).isInstanceOf(SessionCommand.NoOperation.class));
  }
}
