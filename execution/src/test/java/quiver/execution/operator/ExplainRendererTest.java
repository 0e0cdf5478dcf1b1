package quiver.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static quiver.execution.operator.TestEngine.aggregate;
import static quiver.execution.operator.TestEngine.call;
import static quiver.execution.operator.TestEngine.column;
import static quiver.execution.operator.TestEngine.constant;
import static quiver.execution.operator.TestEngine.row;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.SystemCatalog;
import quiver.common.catalog.TableDefinition;
import quiver.common.expression.Expression;
import quiver.common.format.FormatSettings;
import quiver.common.plan.DistanceRange;
import quiver.common.plan.JoinKind;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.JsonText;
import quiver.common.vector.DistanceMetric;
import quiver.execution.explain.ExplainRenderer;
import quiver.execution.explain.ExplainRenderer.Request;
import quiver.execution.runtime.StatisticsCollector;

class ExplainRendererTest {
  private static final SqlType VECTOR = SqlType.of(BaseType.VECTOR, 3);
  private static final List<SqlType> TYPES = List.of(SqlType.INT4, SqlType.TEXT);

  private final ExplainRenderer renderer =
      new ExplainRenderer(
          new CatalogImage(1, List.of(), List.of(table(1, "items"), table(2, "orders")), List.of()),
          SystemCatalog.NONE,
          FormatSettings.DEFAULT);

  private static TableDefinition table(long id, String name) {
    return new TableDefinition(
        id,
        "public",
        name,
        1,
        1,
        List.of(
            new ColumnDefinition(
                1,
                "id",
                SqlType.INT4,
                true,
                Optional.empty(),
                Optional.empty(),
                ColumnDefinition.Identity.NONE),
            new ColumnDefinition(
                2,
                "category",
                SqlType.TEXT,
                false,
                Optional.empty(),
                Optional.empty(),
                ColumnDefinition.Identity.NONE),
            new ColumnDefinition(
                3,
                "embedding",
                VECTOR,
                false,
                Optional.empty(),
                Optional.empty(),
                ColumnDefinition.Identity.NONE)),
        Optional.of(new TableDefinition.PrimaryKey(10, name + "_pkey", List.of(1))),
        List.of(),
        List.of(
            IndexDefinition.ofColumns(
                77,
                "items_embedding_idx",
                IndexMethod.HNSW,
                List.of(IndexKey.ofColumn(3, "vector_cosine_ops")),
                Map.of(),
                false,
                false,
                IndexDefinition.State.VALID)),
        1);
  }

  private static PlanNode search() {
    return new PlanNode.Limit(
        new PlanNode.Gather(
            new PlanNode.VectorSearch(
                1,
                1,
                List.of(0, 1),
                TYPES,
                false,
                2,
                DistanceMetric.COSINE,
                Optional.of(77L),
                new Expression.Parameter(0, VECTOR),
                Optional.of(constant(5L, SqlType.INT8)),
                DistanceRange.ALL,
                Optional.of(
                    call(
                        "texteq(text,text)",
                        column(1, SqlType.TEXT),
                        constant("it's", SqlType.TEXT))),
                "ORDER BY distance LIMIT k"),
            List.of(new SortKey(2, false, false))),
        Optional.of(constant(5L, SqlType.INT8)),
        Optional.empty(),
        List.of());
  }

  @Test
  void vectorSearchReadsLikePgvector() {
    @Nullable Object[] parameters = {new float[] {1, 2, 3}};
    Request request =
        new Request(
            search(),
            Optional.empty(),
            parameters,
            new ExplainRenderer.Options(false, false, false),
            _ -> 0,
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Optional.empty());
    assertThat(renderer.text(request))
        .containsExactly(
            "Limit",
            "  ->  Gather Merge",
            "        Merge Key: (embedding <=> '[1,2,3]'::vector)",
            "        ->  Index Scan using items_embedding_idx on items",
            "              Order By: (embedding <=> '[1,2,3]'::vector)",
            "              Filter: (category = 'it''s'::text)",
            "              Nearest: '5'::bigint",
            "              Reason: ORDER BY distance LIMIT k");
    assertThat(renderer.text(Request.of(search())).get(4))
        .isEqualTo("              Order By: (embedding <=> $1)");
    JsonText.parse(renderer.json(request));
  }

  @Test
  void joinsAndAggregatesNameTheirColumns() {
    PlanNode items =
        TestEngine.scan(
            1,
            TYPES,
            Optional.of(
                call("int4lt(int4,int4)", column(0, SqlType.INT4), constant(5L, SqlType.INT4))));
    PlanNode orders = TestEngine.scan(2, TYPES, Optional.empty());
    PlanNode join =
        new PlanNode.HashJoin(
            JoinKind.LEFT, items, orders, List.of(0), List.of(0), Optional.empty());
    PlanNode aggregate =
        new PlanNode.Aggregate(
            join,
            PlanNode.AggregatePhase.SINGLE,
            List.of(1),
            List.of(List.of(0)),
            List.of(aggregate("count()", SqlType.INT8), aggregate("max(int4)", SqlType.INT4, 2)),
            List.of(SqlType.TEXT, SqlType.INT8, SqlType.INT4));
    PlanNode plan =
        new PlanNode.Sort(aggregate, List.of(new SortKey(1, true, true)), Optional.empty());
    assertThat(renderer.text(Request.of(plan)))
        .containsExactly(
            "Sort",
            "  Sort Key: count(*) DESC",
            "  ->  HashAggregate",
            "        Group Key: items.category",
            "        ->  Hash Left Join",
            "              Hash Cond: (items.id = orders.id)",
            "              ->  Seq Scan on items",
            "                    Filter: (id < 5)",
            "              ->  Seq Scan on orders");
    assertThat(renderer.json(Request.of(plan)).lines().map(String::strip))
        .containsSubsequence(
            "\"Node Type\": \"Sort\",",
            "\"Sort Key\": [\"count(*) DESC\"],",
            "\"Node Type\": \"Aggregate\",",
            "\"Parent Relationship\": \"Outer\",",
            "\"Strategy\": \"Hashed\",",
            "\"Partial Mode\": \"Simple\",",
            "\"Group Key\": [\"items.category\"],",
            "\"Node Type\": \"Hash Join\",",
            "\"Join Type\": \"Left\",",
            "\"Hash Cond\": \"(items.id = orders.id)\",",
            "\"Node Type\": \"Seq Scan\",",
            "\"Parent Relationship\": \"Outer\",",
            "\"Relation Name\": \"items\",",
            "\"Alias\": \"items\",",
            "\"Filter\": \"(id < 5)\"",
            "\"Node Type\": \"Seq Scan\",",
            "\"Parent Relationship\": \"Inner\",",
            "\"Relation Name\": \"orders\",",
            "\"Alias\": \"orders\"");
  }

  @Test
  void analysedPlansShowFigures() {
    TestEngine engine = new TestEngine();
    engine.table(1, TYPES, List.of(row(1L, "a"), row(2L, "b"), row(9L, "c")));
    StatisticsCollector collector = new StatisticsCollector();
    engine.statistics = Optional.of(collector);
    PlanNode scan =
        TestEngine.scan(
            1,
            TYPES,
            Optional.of(
                call("int4lt(int4,int4)", column(0, SqlType.INT4), constant(5L, SqlType.INT4))));
    PlanNode plan = new PlanNode.Sort(scan, List.of(new SortKey(0, true, true)), Optional.empty());
    assertThat(engine.run(plan)).hasSize(2);
    Request request =
        new Request(
            plan,
            Optional.of(new ExplainRenderer.Operation("Insert", 1)),
            new @Nullable Object[0],
            new ExplainRenderer.Options(true, true, false),
            _ -> 3,
            Optional.of(collector),
            Map.of("work_mem", "5MB"),
            Optional.of(250_000L),
            Optional.of(1_500_000L));
    List<String> lines = renderer.text(request);
    assertThat(lines)
        .contains(
            "Insert on public.items  (cost=1.04..1.05 rows=0 width=0)",
            "  ->  Sort  (cost=1.04..1.05 rows=1 width=36) (actual rows=2 loops=1)",
            "        ->  Seq Scan on public.items  (cost=0.00..1.04 rows=1 width=36)"
                + " (actual rows=2 loops=1)",
            "              Output: id, category",
            "              Rows Removed by Filter: 1")
        .endsWith(
            "Settings: work_mem = '5MB'", "Planning Time: 0.250 ms", "Execution Time: 1.500 ms");
    JsonText.parse(renderer.json(request));
    assertThat(renderer.yaml(request).lines())
        .startsWith("- Plan: ", "    Node Type: \"ModifyTable\"")
        .contains("      - Node Type: \"Sort\"", "        Plan Rows: 1", "        Sort Key: ");
    assertThat(renderer.xml(request).lines())
        .startsWith(
            "<explain xmlns=\"http://www.postgresql.org/2009/explain\">", "  <Query>", "    <Plan>")
        .anySatisfy(line -> assertThat(line).contains("<Filter>(items.id &lt; 5)</Filter>"));
  }
}
