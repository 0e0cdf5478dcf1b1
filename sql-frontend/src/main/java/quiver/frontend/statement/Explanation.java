package quiver.frontend.statement;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowBatch;
import quiver.common.plan.PlanNode;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.ExplainOptions;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.execution.explain.ExplainRenderer;
import quiver.execution.explain.ExplainRenderer.Operation;
import quiver.execution.runtime.StatisticsCollector;
import quiver.frontend.catalog.RelationColumns;
import quiver.frontend.format.DatumFormat;

/// EXPLAIN's rows.
public final class Explanation {
  private final ExplainOptions options;
  private final StatementPlan statement;
  private final CatalogImage catalog;
  private final @Nullable Object[] parameters;
  private final DatumFormat format;
  private final Surroundings surroundings;

  /// What is around the statement.
  ///
  /// @param rowCounts of tables, by id
  /// @param settings that matter to plans and are not at their defaults
  /// @param planningNanos how long planning took
  public record Surroundings(
      LongUnaryOperator rowCounts, Map<String, String> settings, long planningNanos) {}

  public Explanation(
      StatementPlan.Explain explain,
      CatalogImage catalog,
      @Nullable Object[] parameters,
      DatumFormat format,
      Surroundings surroundings) {
    this.options = explain.options();
    this.statement = explain.statement();
    this.catalog = catalog;
    this.parameters = parameters;
    this.format = format;
    this.surroundings = surroundings;
  }

  /// The rows without running the statement.
  public List<RowBatch> rows() {
    return rows(Optional.empty(), Optional.empty());
  }

  /// The rows after the statement has run.
  ///
  /// @param nanos how long it took
  public List<RowBatch> rows(StatisticsCollector collector, long nanos) {
    return rows(Optional.of(collector), options.summary() ? Optional.of(nanos) : Optional.empty());
  }

  private List<RowBatch> rows(Optional<StatisticsCollector> statistics, Optional<Long> nanos) {
    List<String> lines =
        root().map(plan -> lines(plan, statistics, nanos)).orElseGet(this::utility);
    @Nullable Object[] values = lines.toArray(new @Nullable Object[0]);
    SqlType type =
        options.format() == ExplainOptions.Format.JSON ? SqlType.of(BaseType.JSON) : SqlType.TEXT;
    return List.of(
        new RowBatch(lines.size(), List.of(ObjectColumn.of(type, lines.size(), values))));
  }

  private List<String> lines(
      PlanNode plan, Optional<StatisticsCollector> statistics, Optional<Long> nanos) {
    ExplainRenderer renderer =
        new ExplainRenderer(catalog, RelationColumns.standard(), format.settings());
    ExplainRenderer.Request request =
        new ExplainRenderer.Request(
            plan,
            operation(),
            parameters,
            new ExplainRenderer.Options(options.costs(), options.verbose(), options.timing()),
            surroundings.rowCounts(),
            statistics,
            options.settings() ? surroundings.settings() : Map.of(),
            options.summary() ? Optional.of(surroundings.planningNanos()) : Optional.empty(),
            nanos);
    return switch (options.format()) {
      case TEXT -> renderer.text(request);
      case JSON -> List.of(renderer.json(request));
      case YAML -> List.of(renderer.yaml(request));
      case XML -> List.of(renderer.xml(request));
    };
  }

  private List<String> utility() {
    return List.of(
        switch (options.format()) {
          case TEXT -> "Utility Statement";
          case JSON -> "[\"Utility Statement\"]";
          case YAML -> "- \"Utility Statement\"";
          case XML ->
              "<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n"
                  + "  <Utility-Statement></Utility-Statement>\n</explain>";
        });
  }

  private Optional<Operation> operation() {
    return switch (statement) {
      case StatementPlan.Insert insert -> Optional.of(new Operation("Insert", insert.tableId()));
      case StatementPlan.Update update -> Optional.of(new Operation("Update", update.tableId()));
      case StatementPlan.Delete delete -> Optional.of(new Operation("Delete", delete.tableId()));
      default -> Optional.empty();
    };
  }

  private Optional<PlanNode> root() {
    return switch (statement) {
      case StatementPlan.Query query -> Optional.of(query.root());
      case StatementPlan.Insert insert -> Optional.of(insert.source());
      case StatementPlan.Update update -> Optional.of(update.source());
      case StatementPlan.Delete delete -> Optional.of(delete.source());
      case StatementPlan.CreateTableAs create -> Optional.of(create.query().root());
      default -> Optional.empty();
    };
  }
}
