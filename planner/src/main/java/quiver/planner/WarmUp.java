package quiver.planner;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.SystemCatalog;
import quiver.common.catalog.TableDefinition;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.context.PlanningContext;

/// Plans a few statements over a table that is nowhere, so that the classes of parser, algebra and
/// rules are loaded before the first client waits for them.
final class WarmUp {
  private static final List<String> STATEMENTS =
      List.of(
          "SELECT a, c <=> '[1,2]' AS d FROM t WHERE b = 'x' AND a < 10 ORDER BY d LIMIT 5",
          "SELECT x.b, count(*), max(y.a) FROM t x JOIN t y ON x.a = y.a"
              + " WHERE x.a IN (SELECT a FROM t) GROUP BY x.b HAVING count(*) > 1 ORDER BY 2 DESC",
          "WITH w AS (SELECT a, row_number() OVER (ORDER BY b) AS n FROM t)"
              + " SELECT * FROM w UNION ALL SELECT a, 1 FROM t",
          "INSERT INTO t VALUES (1, 'x', '[1,2]') ON CONFLICT DO NOTHING RETURNING a",
          "UPDATE t SET b = 'y' WHERE a = 1 RETURNING *",
          "DELETE FROM t WHERE a = 1");

  private WarmUp() {}

  static void run(Planner planner) {
    TableDefinition table =
        new TableDefinition(
            CatalogImage.FIRST_USER_ID,
            "public",
            "t",
            1,
            0,
            List.of(
                column(1, "a", SqlType.INT8),
                column(2, "b", SqlType.TEXT),
                column(3, "c", SqlType.of(BaseType.VECTOR, 2))),
            Optional.of(
                new TableDefinition.PrimaryKey(
                    CatalogImage.FIRST_USER_ID + 1, "t_pkey", List.of(1))),
            List.of(),
            List.of(),
            1);
    CatalogImage image =
        new CatalogImage(
            0, List.of(new CatalogImage.SchemaDefinition(1, "public")), List.of(table), List.of());
    PlanningContext context =
        new PlanningContext(
            image, SystemCatalog.NONE, List.of("public"), List.of(), Map.of(), "warm_up");
    for (String statement : STATEMENTS) {
      planner.plan(planner.parse(statement).getFirst(), statement, context);
    }
  }

  private static ColumnDefinition column(int id, String name, SqlType type) {
    return new ColumnDefinition(
        id, name, type, false, Optional.empty(), Optional.empty(), ColumnDefinition.Identity.NONE);
  }
}
