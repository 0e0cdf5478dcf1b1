package quiver.execution.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.SystemCatalog;
import quiver.common.format.FormatSettings;
import quiver.common.plan.PlanNode;
import quiver.execution.explain.CostModel.Estimate;
import quiver.execution.explain.ExplainDocument.Entry;
import quiver.execution.explain.ExplainDocument.Group;
import quiver.execution.explain.ExplainDocument.Groups;
import quiver.execution.explain.ExplainDocument.Items;
import quiver.execution.explain.ExplainDocument.Plain;
import quiver.execution.explain.ExplainDocument.Text;
import quiver.execution.explain.ExplainNode.Property;
import quiver.execution.runtime.OperatorStatistics;
import quiver.execution.runtime.StatisticsCollector;

/// Plans as EXPLAIN shows them, in PostgreSQL's layout. Immutable.
public final class ExplainRenderer {
  private static final double NANOS_PER_MILLI = 1e6;

  private final CatalogImage catalog;
  private final SystemCatalog system;
  private final FormatSettings settings;

  /// @param settings how constants are written
  public ExplainRenderer(CatalogImage catalog, SystemCatalog system, FormatSettings settings) {
    this.catalog = catalog;
    this.system = system;
    this.settings = settings;
  }

  /// The statement's own node above the plan.
  ///
  /// @param verb for example `Insert`
  public record Operation(String verb, long tableId) {}

  /// What is shown.
  ///
  /// @param timing whether measured times are
  public record Options(boolean costs, boolean verbose, boolean timing) {}

  /// What to render.
  ///
  /// @param parameters values shown in place of `$1 …`; may be shorter than the plan's parameters
  /// @param rowCounts of tables, by id
  /// @param statistics figures of an execution
  /// @param settings those that are not at their defaults; empty: they are not shown
  public record Request(
      PlanNode plan,
      Optional<Operation> operation,
      @Nullable Object[] parameters,
      Options options,
      LongUnaryOperator rowCounts,
      Optional<StatisticsCollector> statistics,
      Map<String, String> settings,
      Optional<Long> planningNanos,
      Optional<Long> executionNanos) {
    /// A plan that was not executed, without costs.
    public static Request of(PlanNode plan) {
      return new Request(
          plan,
          Optional.empty(),
          new @Nullable Object[0],
          new Options(false, false, false),
          _ -> 0,
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /// The lines of EXPLAIN.
  public List<String> text(Request request) {
    List<String> lines = new ArrayList<>();
    new Rendering(request, catalog).add(describe(request), 0, lines);
    if (!request.settings().isEmpty()) {
      lines.add(
          "Settings: "
              + new TreeMap<>(request.settings())
                  .entrySet().stream()
                      .map(one -> one.getKey() + " = '" + one.getValue() + "'")
                      .collect(Collectors.joining(", ")));
    }
    request.planningNanos().ifPresent(n -> lines.add("Planning Time: " + millis(n) + " ms"));
    request.executionNanos().ifPresent(n -> lines.add("Execution Time: " + millis(n) + " ms"));
    return lines;
  }

  /// The document of EXPLAIN (FORMAT JSON).
  public String json(Request request) {
    return ExplainDocument.json(document(request));
  }

  /// The document of EXPLAIN (FORMAT YAML).
  public String yaml(Request request) {
    return ExplainDocument.yaml(document(request));
  }

  /// The document of EXPLAIN (FORMAT XML).
  public String xml(Request request) {
    return ExplainDocument.xml(document(request));
  }

  private Group document(Request request) {
    List<Entry> entries = new ArrayList<>();
    entries.add(
        new Entry(
            "Plan", new Rendering(request, catalog).group(describe(request), Optional.empty())));
    if (!request.settings().isEmpty()) {
      entries.add(
          new Entry(
              "Settings",
              new Group(
                  new TreeMap<>(request.settings())
                      .entrySet().stream()
                          .map(one -> new Entry(one.getKey(), new Text(one.getValue())))
                          .toList())));
    }
    request.planningNanos().ifPresent(n -> entries.add(plain("Planning Time", millis(n))));
    request.executionNanos().ifPresent(n -> entries.add(plain("Execution Time", millis(n))));
    return new Group(entries);
  }

  private ExplainNode describe(Request request) {
    ExpressionText text = new ExpressionText(request.parameters(), settings);
    PlanDescriber describer =
        new PlanDescriber(catalog, system, text, request.plan(), request.options().verbose());
    ExplainNode plan = describer.describe(request.plan()).node();
    return request
        .operation()
        .map(operation -> describer.modification(operation, request.plan(), plan))
        .orElse(plan);
  }

  private static Entry plain(String name, String value) {
    return new Entry(name, new Plain(value));
  }

  private static String millis(double nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / NANOS_PER_MILLI);
  }

  private static String cost(double cost) {
    return String.format(Locale.ROOT, "%.2f", cost);
  }

  /// One explained plan.
  private static final class Rendering {
    private final Request request;
    private final Optional<ExplainFigures> figures;
    private final Optional<CostModel> costs;

    Rendering(Request request, CatalogImage catalog) {
      this.request = request;
      this.figures = request.statistics().map(s -> new ExplainFigures(s, request.plan()));
      this.costs =
          request.options().costs()
              ? Optional.of(new CostModel(catalog, request.rowCounts(), request.parameters()))
              : Optional.empty();
    }

    /// What a node is expected to cost. A changed table gives no rows.
    private Optional<Estimate> estimate(ExplainNode node) {
      if (costs.isEmpty()) {
        return Optional.empty();
      }
      if (node.shaped().isPresent()) {
        return Optional.of(costs.get().of(node.shaped().get()));
      }
      Estimate input = costs.get().of(request.plan());
      return Optional.of(new Estimate(input.startup(), input.total(), 0, 0));
    }

    // ---- text

    void add(ExplainNode node, int depth, List<String> lines) {
      String indent = depth == 0 ? "" : " ".repeat(6 * depth - 4) + "->  ";
      lines.add(indent + node.title() + expected(node) + actual(node));
      String below = " ".repeat(depth == 0 ? 2 : 6 * depth + 2);
      if (request.options().verbose() && !node.output().isEmpty()) {
        lines.add(below + "Output: " + String.join(", ", node.output()));
      }
      for (Property property : node.properties()) {
        if (property.inText()) {
          lines.add(below + property.name() + ": " + property.text());
        }
      }
      figures.ifPresent(f ->
          f.properties(node, request.options().timing())
              .forEach(p -> lines.add(below + p.name() + ": " + p.text())));
      for (ExplainNode input : node.inputs()) {
        add(input, depth + 1, lines);
      }
    }

    private String expected(ExplainNode node) {
      return estimate(node)
          .map(one ->
              "  (cost="
                  + cost(one.startup())
                  + ".."
                  + cost(one.total())
                  + " rows="
                  + Math.round(one.rows())
                  + " width="
                  + one.width()
                  + ")")
          .orElse("");
    }

    private String actual(ExplainNode node) {
      if (figures.isEmpty() || node.plan().isEmpty()) {
        return "";
      }
      OperatorStatistics statistics = figures.get().of(node.plan().get());
      long loops = statistics.loops();
      if (loops == 0) {
        return " (never executed)";
      }
      String time =
          request.options().timing()
              ? "time="
                  + millis((double) statistics.startupNanos() / loops)
                  + ".."
                  + millis((double) statistics.nanos() / loops)
                  + " "
              : "";
      // As PostgreSQL: figures per loop.
      return String.format(
          Locale.ROOT,
          " (actual %srows=%d loops=%d)",
          time,
          Math.round((double) statistics.rows() / loops),
          loops);
    }

    // ---- documents

    /// @param relationship to the node above
    Group group(ExplainNode node, Optional<String> relationship) {
      List<Entry> entries = new ArrayList<>();
      entries.add(new Entry("Node Type", new Text(node.type())));
      relationship.ifPresent(to -> entries.add(new Entry("Parent Relationship", new Text(to))));
      entries.add(plain("Parallel Aware", "false"));
      entries.add(plain("Async Capable", "false"));
      node.properties().stream()
          .filter(property -> !property.inText())
          .forEach(property -> entries.add(entry(property)));
      estimate(node)
          .ifPresent(one -> {
            entries.add(plain("Startup Cost", cost(one.startup())));
            entries.add(plain("Total Cost", cost(one.total())));
            entries.add(plain("Plan Rows", String.valueOf(Math.round(one.rows()))));
            entries.add(plain("Plan Width", String.valueOf(one.width())));
          });
      figures.ifPresent(all -> addActual(node, all, entries));
      if (request.options().verbose() && !node.output().isEmpty()) {
        entries.add(new Entry("Output", new Items(node.output())));
      }
      node.properties().stream()
          .filter(Property::inText)
          .forEach(property -> entries.add(entry(property)));
      figures.ifPresent(all ->
          all.properties(node, request.options().timing())
              .forEach(property -> entries.add(entry(property))));
      if (!node.inputs().isEmpty()) {
        List<Group> inputs = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
          String place = i == 0 ? "Outer" : "Inner";
          boolean isMember = node.type().equals("Append");
          inputs.add(group(node.inputs().get(i), Optional.of(isMember ? "Member" : place)));
        }
        entries.add(new Entry("Plans", new Groups("Plan", inputs)));
      }
      return new Group(entries);
    }

    private void addActual(ExplainNode node, ExplainFigures all, List<Entry> entries) {
      if (node.plan().isEmpty()) {
        return;
      }
      OperatorStatistics statistics = all.of(node.plan().get());
      long loops = Math.max(1, statistics.loops());
      if (request.options().timing()) {
        entries.add(
            plain("Actual Startup Time", millis((double) statistics.startupNanos() / loops)));
        entries.add(plain("Actual Total Time", millis((double) statistics.nanos() / loops)));
      }
      entries.add(
          plain("Actual Rows", String.valueOf(Math.round((double) statistics.rows() / loops))));
      entries.add(plain("Actual Loops", String.valueOf(statistics.loops())));
    }

    private static Entry entry(Property property) {
      return new Entry(
          property.name(),
          property.isList() ? new Items(property.values()) : new Text(property.text()));
    }
  }
}
