package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowBatch;
import quiver.common.plan.PlanNode;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.ExplainOptions;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.execution.runtime.FragmentStatistics;
import quiver.execution.runtime.OperatorStatistics;
import quiver.execution.runtime.PlanInputs;
import quiver.execution.runtime.StatisticsCollector;

/// EXPLAIN's rows: the plan as a tree, with what its operators did when it was run. There are no
/// cost estimates, with or without COSTS.
public final class Explanation {
  private final ExplainOptions options;
  private final StatementPlan statement;
  private final CatalogImage catalog;

  public Explanation(ExplainOptions options, StatementPlan statement, CatalogImage catalog) {
    this.options = options;
    this.statement = statement;
    this.catalog = catalog;
  }

  /// What was measured.
  private record Measured(StatisticsCollector collector, long nanos) {}

  /// The rows without running the statement.
  public List<RowBatch> rows() {
    return batch(Optional.empty());
  }

  /// The rows after the statement has run.
  ///
  /// @param nanos how long it took
  public List<RowBatch> rows(StatisticsCollector collector, long nanos) {
    return batch(Optional.of(new Measured(collector, nanos)));
  }

  private List<RowBatch> batch(Optional<Measured> measured) {
    List<String> lines =
        options.format() == ExplainOptions.Format.JSON ? json(measured) : text(measured);
    @Nullable Object[] values = lines.toArray(new @Nullable Object[0]);
    SqlType type =
        options.format() == ExplainOptions.Format.JSON ? SqlType.of(BaseType.JSON) : SqlType.TEXT;
    return List.of(
        new RowBatch(lines.size(), List.of(ObjectColumn.of(type, lines.size(), values))));
  }

  private Optional<String> writeLabel() {
    return switch (statement) {
      case StatementPlan.Insert insert ->
          Optional.of("Insert on " + PlanText.table(insert.tableId(), catalog));
      case StatementPlan.Update update ->
          Optional.of("Update on " + PlanText.table(update.tableId(), catalog));
      case StatementPlan.Delete delete ->
          Optional.of("Delete on " + PlanText.table(delete.tableId(), catalog));
      case StatementPlan.CreateTableAs ignored -> Optional.of("Create Table As");
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

  // --- text ------------------------------------------------------------------------------------

  private List<String> text(Optional<Measured> measured) {
    List<String> lines = new ArrayList<>();
    int depth = 0;
    Optional<String> label = writeLabel();
    if (label.isPresent()) {
      lines.add(label.get());
      depth = 1;
    }
    Optional<PlanNode> root = root();
    if (root.isEmpty() && label.isEmpty()) {
      lines.add("Utility Statement");
    }
    if (root.isPresent()) {
      addNode(root.get(), depth, lines, measured, Optional.empty());
    }
    if (measured.isPresent() && options.summary()) {
      lines.add("Execution Time: " + millis(measured.get().nanos()) + " ms");
    }
    return lines;
  }

  /// Figures of a fragment's nodes, in pre-order.
  private static final class FragmentFigures {
    private final List<OperatorStatistics> operators;
    private final List<String> holders;
    private int next;

    FragmentFigures(List<FragmentStatistics> reports) {
      this.operators = new ArrayList<>();
      this.holders = reports.stream().map(FragmentStatistics::holder).distinct().toList();
      for (FragmentStatistics report : reports) {
        for (int i = 0; i < report.operators().size(); i++) {
          if (i < operators.size()) {
            operators.set(i, StatisticsCollector.sum(operators.get(i), report.operators().get(i)));
          } else {
            operators.add(report.operators().get(i));
          }
        }
      }
    }

    OperatorStatistics take() {
      return next < operators.size() ? operators.get(next++) : OperatorStatistics.NEVER_EXECUTED;
    }
  }

  private void addNode(
      PlanNode node,
      int depth,
      List<String> lines,
      Optional<Measured> measured,
      Optional<FragmentFigures> fragment) {
    PlanText text = PlanText.of(node, catalog);
    Optional<OperatorStatistics> figures =
        measured.map(
            m -> fragment.map(FragmentFigures::take).orElseGet(() -> m.collector().of(node)));
    String indent = depth == 0 ? "" : "  ".repeat(3 * depth - 2) + "->  ";
    lines.add(indent + text.label() + figures.map(this::actual).orElse(""));
    String below = depth == 0 ? "  " : " ".repeat(indent.length() + 2);
    boolean verboseOnly = node instanceof PlanNode.Project && !options.verbose();
    for (PlanText.Detail detail : text.details()) {
      if (!detail.value().isEmpty() && !verboseOnly) {
        lines.add(below + detail.name() + ": " + detail.value());
      }
    }
    figures.ifPresent(f -> addFigures(f, below, lines));
    Optional<FragmentFigures> inner = fragment;
    if (node instanceof PlanNode.Gather gather && measured.isPresent()) {
      FragmentFigures reported =
          new FragmentFigures(measured.get().collector().fragmentsOf(gather));
      if (!reported.holders.isEmpty()) {
        lines.add(below + "Holders: " + String.join(", ", reported.holders));
      }
      inner = Optional.of(reported);
    }
    for (PlanNode input : PlanInputs.of(node)) {
      addNode(input, depth + 1, lines, measured, inner);
    }
  }

  private String actual(OperatorStatistics figures) {
    if (figures.loops() == 0) {
      return " (never executed)";
    }
    String time = options.timing() ? "time=" + millis(figures.nanos()) + " " : "";
    return " (actual " + time + "rows=" + figures.rows() + " loops=" + figures.loops() + ")";
  }

  private static void addFigures(OperatorStatistics figures, String below, List<String> lines) {
    for (OperatorStatistics.Detail detail : figures.details()) {
      lines.add(below + detail.name() + ": " + detail.value());
    }
    if (figures.memoryBytesMax() > 0) {
      lines.add(below + "Memory: " + ((figures.memoryBytesMax() + 1023) >> 10) + "kB");
    }
    if (figures.spilledBytes() > 0) {
      lines.add(below + "Disk: " + ((figures.spilledBytes() + 1023) >> 10) + "kB");
    }
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
  }

  // --- json ------------------------------------------------------------------------------------

  private List<String> json(Optional<Measured> measured) {
    StringBuilder out = new StringBuilder("[\n  {\n    \"Plan\": ");
    Optional<PlanNode> root = root();
    if (root.isPresent()) {
      addJson(root.get(), 4, out, measured, Optional.empty());
    } else {
      out.append("\"Utility Statement\"");
    }
    writeLabel().ifPresent(label -> out.append(",\n    \"Operation\": ").append(quoted(label)));
    if (measured.isPresent() && options.summary()) {
      out.append(",\n    \"Execution Time\": ").append(millis(measured.get().nanos()));
    }
    return List.of(out.append("\n  }\n]").toString());
  }

  private void addJson(
      PlanNode node,
      int indent,
      StringBuilder out,
      Optional<Measured> measured,
      Optional<FragmentFigures> fragment) {
    PlanText text = PlanText.of(node, catalog);
    Optional<OperatorStatistics> figures =
        measured.map(
            m -> fragment.map(FragmentFigures::take).orElseGet(() -> m.collector().of(node)));
    String pad = "\n" + " ".repeat(indent + 2);
    out.append('{').append(pad).append("\"Node Type\": ").append(quoted(text.label()));
    for (PlanText.Detail detail : text.details()) {
      if (!detail.value().isEmpty()) {
        out.append(',').append(pad).append(quoted(detail.name())).append(": ");
        out.append(quoted(detail.value()));
      }
    }
    if (figures.isPresent()) {
      OperatorStatistics f = figures.get();
      if (options.timing()) {
        out.append(',').append(pad).append("\"Actual Total Time\": ").append(millis(f.nanos()));
      }
      out.append(',').append(pad).append("\"Actual Rows\": ").append(f.rows());
      out.append(',').append(pad).append("\"Actual Loops\": ").append(f.loops());
      for (OperatorStatistics.Detail detail : f.details()) {
        out.append(',').append(pad).append(quoted(detail.name())).append(": ");
        out.append(quoted(detail.value()));
      }
    }
    Optional<FragmentFigures> inner = fragment;
    if (node instanceof PlanNode.Gather gather && measured.isPresent()) {
      inner = Optional.of(new FragmentFigures(measured.get().collector().fragmentsOf(gather)));
    }
    List<PlanNode> inputs = PlanInputs.of(node);
    if (!inputs.isEmpty()) {
      out.append(',').append(pad).append("\"Plans\": [");
      for (int i = 0; i < inputs.size(); i++) {
        out.append(i == 0 ? "" : ", ");
        addJson(inputs.get(i), indent + 4, out, measured, inner);
      }
      out.append(']');
    }
    out.append("\n").append(" ".repeat(indent)).append('}');
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> {
          if (c < ' ') {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
