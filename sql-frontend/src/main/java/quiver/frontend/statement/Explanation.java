package quiver.frontend.statement;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowBatch;
import quiver.common.plan.PlanNode;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.ExplainOptions;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.execution.explain.ExplainRenderer;
import quiver.execution.runtime.StatisticsCollector;
import quiver.frontend.catalog.RelationColumns;
import quiver.frontend.format.DatumFormat;

/// EXPLAIN's rows. There are no cost estimates, with or without COSTS.
public final class Explanation {
  private final ExplainOptions options;
  private final StatementPlan statement;
  private final CatalogImage catalog;
  private final @Nullable Object[] parameters;
  private final DatumFormat format;

  public Explanation(
      StatementPlan.Explain explain,
      CatalogImage catalog,
      @Nullable Object[] parameters,
      DatumFormat format) {
    this.options = explain.options();
    this.statement = explain.statement();
    this.catalog = catalog;
    this.parameters = parameters;
    this.format = format;
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
    boolean json = options.format() == ExplainOptions.Format.JSON;
    List<String> lines =
        root()
            .map(plan -> {
              ExplainRenderer renderer =
                  new ExplainRenderer(catalog, RelationColumns.standard(), format.settings());
              ExplainRenderer.Request request =
                  new ExplainRenderer.Request(
                      plan, operation(), parameters, statistics, options.timing(), nanos);
              return json ? List.of(renderer.json(request)) : renderer.text(request);
            })
            .orElseGet(() -> List.of(json ? "[\"Utility Statement\"]" : "Utility Statement"));
    @Nullable Object[] values = lines.toArray(new @Nullable Object[0]);
    SqlType type = json ? SqlType.of(BaseType.JSON) : SqlType.TEXT;
    return List.of(
        new RowBatch(lines.size(), List.of(ObjectColumn.of(type, lines.size(), values))));
  }

  private Optional<String> operation() {
    return switch (statement) {
      case StatementPlan.Insert insert -> Optional.of("Insert on " + table(insert.tableId()));
      case StatementPlan.Update update -> Optional.of("Update on " + table(update.tableId()));
      case StatementPlan.Delete delete -> Optional.of("Delete on " + table(delete.tableId()));
      default -> Optional.empty();
    };
  }

  private String table(long tableId) {
    return catalog.table(tableId).map(TableDefinition::name).orElse("table " + tableId);
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
