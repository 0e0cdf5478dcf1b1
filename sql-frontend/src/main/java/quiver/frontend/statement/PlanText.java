package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;

/// One line about a plan node, and details below it.
record PlanText(String label, List<Detail> details) {
  /// One detail line.
  record Detail(String name, String value) {}

  static PlanText of(PlanNode node, CatalogImage catalog) {
    return switch (node) {
      case PlanNode.TableScan scan -> scan(scan, catalog);
      case PlanNode.VectorSearch search -> search(search, catalog);
      case PlanNode.Gather gather ->
          new PlanText(gather.order().isEmpty() ? "Gather" : "Gather Merge", List.of());
      case PlanNode.SystemScan scan ->
          plain("System Scan on " + scan.schema() + "." + scan.relation());
      case PlanNode.Values values ->
          plain(values.outputTypes().isEmpty() ? "Result" : "Values Scan");
      case PlanNode.TableFunction function ->
          plain(
              "Function Scan on "
                  + function.calls().stream()
                      .map(call -> call.function().name())
                      .collect(Collectors.joining(", ")));
      case PlanNode.Filter filter ->
          new PlanText("Filter", List.of(new Detail("Filter", text().of(filter.condition()))));
      case PlanNode.Project project ->
          new PlanText(
              "Project", List.of(new Detail("Output", text().list(project.expressions()))));
      case PlanNode.ProjectSet ignored -> plain("ProjectSet");
      case PlanNode.HashJoin join ->
          new PlanText(
              "Hash " + name(join.kind().name()) + " Join",
              List.of(
                  new Detail("Hash Cond", keys(join)),
                  new Detail("Join Filter", join.residual().map(text()::of).orElse(""))));
      case PlanNode.NestedLoopJoin join ->
          new PlanText(
              "Nested Loop " + name(join.kind().name()) + " Join",
              List.of(new Detail("Join Filter", join.condition().map(text()::of).orElse(""))));
      case PlanNode.Apply apply ->
          new PlanText(
              "Apply " + name(apply.kind().name()),
              List.of(new Detail("Join Filter", apply.condition().map(text()::of).orElse(""))));
      case PlanNode.Aggregate aggregate -> aggregate(aggregate);
      case PlanNode.Window window ->
          new PlanText(
              "WindowAgg",
              List.of(
                  new Detail(
                      "Functions",
                      window.calls().stream()
                          .map(call -> call.function().name())
                          .collect(Collectors.joining(", ")))));
      case PlanNode.Sort sort ->
          new PlanText(
              sort.limit().isPresent() ? "Top-N Sort" : "Sort",
              List.of(new Detail("Sort Key", order(sort.keys()))));
      case PlanNode.Limit limit ->
          new PlanText(
              "Limit",
              List.of(
                  new Detail("Limit", limit.limit().map(text()::of).orElse("")),
                  new Detail("Offset", limit.offset().map(text()::of).orElse(""))));
      case PlanNode.DistinctOn distinct ->
          new PlanText("Unique", List.of(new Detail("Keys", numbers(distinct.keys()))));
      case PlanNode.SetOperation operation ->
          plain(
              operation.kind() == PlanNode.SetOperation.Kind.UNION
                  ? "Append"
                  : "SetOp " + name(operation.kind().name()) + (operation.all() ? " All" : ""));
      case PlanNode.SingleRow ignored -> plain("Single Row");
      case PlanNode.Shared shared -> plain("Shared Subplan " + shared.id());
      case PlanNode.SharedScan scan -> plain("Shared Scan on subplan " + scan.id());
    };
  }

  private static PlanText plain(String label) {
    return new PlanText(label, List.of());
  }

  private static ExpressionText text() {
    return new ExpressionText(List.of());
  }

  private static PlanText scan(PlanNode.TableScan scan, CatalogImage catalog) {
    ExpressionText text = new ExpressionText(names(scan.tableId(), scan.ordinals(), catalog));
    List<Detail> details = new ArrayList<>();
    if (!scan.keyEquals().isEmpty()) {
      details.add(new Detail("Key", text.list(scan.keyEquals())));
    }
    scan.filter().ifPresent(filter -> details.add(new Detail("Filter", text.of(filter))));
    return new PlanText(
        (scan.keyEquals().isEmpty() ? "Seq Scan on " : "Key Lookup on ")
            + table(scan.tableId(), catalog),
        details);
  }

  private static PlanText search(PlanNode.VectorSearch search, CatalogImage catalog) {
    ExpressionText text = new ExpressionText(names(search.tableId(), search.ordinals(), catalog));
    List<Detail> details = new ArrayList<>();
    details.add(
        new Detail(
            "Order By",
            column(search.tableId(), search.vectorOrdinal(), catalog)
                + " "
                + search.metric()
                + " "
                + text.of(search.query())));
    details.add(new Detail("Limit", text.of(search.limit())));
    search.filter().ifPresent(filter -> details.add(new Detail("Filter", text.of(filter))));
    details.add(new Detail("Strategy", search.reason()));
    String index =
        search
            .indexId()
            .map(id -> " using " + index(search.tableId(), id, catalog))
            .orElse(" (exact)");
    return new PlanText(
        "Vector Search" + index + " on " + table(search.tableId(), catalog), details);
  }

  private static PlanText aggregate(PlanNode.Aggregate aggregate) {
    String phase =
        switch (aggregate.phase()) {
          case SINGLE -> "";
          case PARTIAL -> "Partial ";
          case FINAL -> "Finalize ";
        };
    List<Detail> details = new ArrayList<>();
    if (!aggregate.keys().isEmpty()) {
      details.add(new Detail("Group Key", numbers(aggregate.keys())));
    }
    if (!aggregate.calls().isEmpty()) {
      details.add(
          new Detail(
              "Functions",
              aggregate.calls().stream()
                  .map(call -> call.function().name())
                  .collect(Collectors.joining(", "))));
    }
    return new PlanText(
        phase + (aggregate.keys().isEmpty() ? "Aggregate" : "HashAggregate"), details);
  }

  private static String keys(PlanNode.HashJoin join) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < join.leftKeys().size(); i++) {
      pairs.add("#" + join.leftKeys().get(i) + " = right #" + join.rightKeys().get(i));
    }
    return "(" + String.join(" AND ", pairs) + ")";
  }

  private static String order(List<SortKey> keys) {
    return keys.stream()
        .map(key ->
            "#"
                + key.column()
                + (key.descending() ? " DESC" : "")
                + (key.nullsFirst() == key.descending()
                    ? ""
                    : key.nullsFirst() ? " NULLS FIRST" : " NULLS LAST"))
        .collect(Collectors.joining(", "));
  }

  private static String numbers(List<Integer> columns) {
    return columns.stream().map(column -> "#" + column).collect(Collectors.joining(", "));
  }

  private static String name(String constant) {
    return constant.charAt(0) + constant.substring(1).toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static String table(long tableId, CatalogImage catalog) {
    return catalog.table(tableId).map(TableDefinition::name).orElse("table " + tableId);
  }

  private static String index(long tableId, long indexId, CatalogImage catalog) {
    return catalog
        .table(tableId)
        .flatMap(
            table -> table.indexes().stream().filter(index -> index.id() == indexId).findFirst())
        .map(IndexDefinition::name)
        .orElse("index " + indexId);
  }

  private static String column(long tableId, int ordinal, CatalogImage catalog) {
    return catalog
        .table(tableId)
        .filter(table -> ordinal < table.columns().size())
        .map(table -> table.columns().get(ordinal).name())
        .orElse("#" + ordinal);
  }

  private static List<String> names(long tableId, List<Integer> ordinals, CatalogImage catalog) {
    Optional<TableDefinition> table = catalog.table(tableId);
    return ordinals.stream()
        .map(ordinal -> column(tableId, ordinal, catalog))
        .limit(table.isPresent() ? ordinals.size() : 0)
        .toList();
  }
}
