package quiver.execution.explain;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.SystemCatalog;
import quiver.common.format.FormatSettings;
import quiver.common.plan.PlanNode;
import quiver.common.value.JsonText;
import quiver.execution.explain.ExplainNode.Property;
import quiver.execution.runtime.FragmentStatistics;
import quiver.execution.runtime.OperatorStatistics;
import quiver.execution.runtime.PlanInputs;
import quiver.execution.runtime.StatisticsCollector;

/// Plans as EXPLAIN shows them, in PostgreSQL's layout. There are no cost estimates. Immutable.
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

  /// What to render.
  ///
  /// @param operation the statement's own node above the plan, for example `Insert on items`
  /// @param parameters values shown in place of `$1 …`; may be shorter than the plan's parameters
  /// @param statistics figures of an execution
  /// @param timing whether times are shown
  /// @param executionNanos `Execution Time`
  public record Request(
      PlanNode plan,
      Optional<String> operation,
      @Nullable Object[] parameters,
      Optional<StatisticsCollector> statistics,
      boolean timing,
      Optional<Long> executionNanos) {
    /// A plan that was not executed.
    public static Request of(PlanNode plan) {
      return new Request(
          plan,
          Optional.empty(),
          new @Nullable Object[0],
          Optional.empty(),
          false,
          Optional.empty());
    }
  }

  /// The lines of EXPLAIN.
  public List<String> text(Request request) {
    List<String> lines = new ArrayList<>();
    int depth = 0;
    if (request.operation().isPresent()) {
      lines.add(request.operation().get());
      depth = 1;
    }
    new Lines(request, lines).add(describe(request), depth);
    request.executionNanos().ifPresent(n -> lines.add("Execution Time: " + millis(n) + " ms"));
    return lines;
  }

  /// The document of EXPLAIN (FORMAT JSON).
  public String json(Request request) {
    StringBuilder out = new StringBuilder("[\n  {\n    \"Plan\": ");
    Documents documents = new Documents(request, out);
    if (request.operation().isPresent()) {
      String[] parts = request.operation().get().split(" on ", 2);
      documents.add(
          new ExplainNode(
              "ModifyTable",
              request.operation().get(),
              List.of(
                  Property.inTitle("Operation", parts[0]),
                  Property.inTitle("Relation Name", parts[1]),
                  Property.inTitle("Alias", parts[1])),
              Optional.empty(),
              List.of(describe(request))),
          Optional.empty(),
          4);
    } else {
      documents.add(describe(request), Optional.empty(), 4);
    }
    request
        .executionNanos()
        .ifPresent(n -> out.append(",\n    \"Execution Time\": ").append(millis(n)));
    return out.append("\n  }\n]").toString();
  }

  private ExplainNode describe(Request request) {
    ExpressionText text = new ExpressionText(request.parameters(), settings);
    return new PlanDescriber(catalog, system, text, request.plan()).describe(request.plan()).node();
  }

  private static String millis(double nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / NANOS_PER_MILLI);
  }

  /// Figures by node, those of fragments summed over their holders.
  private static final class Figures {
    private final StatisticsCollector collector;
    private final IdentityHashMap<PlanNode, OperatorStatistics> inFragments =
        new IdentityHashMap<>();

    Figures(StatisticsCollector collector, PlanNode root) {
      this.collector = collector;
      findFragments(root);
    }

    private void findFragments(PlanNode node) {
      if (node instanceof PlanNode.Gather gather) {
        for (FragmentStatistics fragment : collector.fragmentsOf(gather)) {
          spread(gather.fragment(), fragment.operators(), 0);
        }
      }
      PlanInputs.of(node).forEach(this::findFragments);
    }

    private int spread(PlanNode node, List<OperatorStatistics> operators, int position) {
      if (position < operators.size()) {
        inFragments.merge(node, operators.get(position), StatisticsCollector::sum);
      }
      int next = position + 1;
      for (PlanNode input : PlanInputs.of(node)) {
        next = spread(input, operators, next);
      }
      return next;
    }

    OperatorStatistics of(PlanNode node) {
      OperatorStatistics fragment = inFragments.get(node);
      return fragment == null ? collector.of(node) : fragment;
    }

    List<String> holders(PlanNode.Gather gather) {
      return collector.fragmentsOf(gather).stream()
          .map(FragmentStatistics::holder)
          .distinct()
          .toList();
    }
  }

  /// What the figures of a node add below it.
  private static List<Property> measured(ExplainNode node, Figures figures, boolean timing) {
    List<Property> properties = new ArrayList<>();
    if (node.plan().isEmpty()) {
      return properties;
    }
    PlanNode plan = node.plan().get();
    OperatorStatistics statistics = figures.of(plan);
    for (OperatorStatistics.Detail detail : statistics.details()) {
      if (timing || !detail.name().endsWith(" Time")) {
        properties.add(new Property(detail.name(), detail.value()));
      }
    }
    if (statistics.memoryBytesMax() > 0) {
      properties.add(new Property("Memory", kilobytes(statistics.memoryBytesMax())));
    }
    if (statistics.spilledBytes() > 0) {
      properties.add(new Property("Disk", kilobytes(statistics.spilledBytes())));
    }
    if (plan instanceof PlanNode.Gather gather) {
      List<String> holders = figures.holders(gather);
      if (!holders.isEmpty()) {
        properties.add(new Property("Fragments", String.join(", ", holders)));
      }
    }
    return properties;
  }

  private static String kilobytes(long bytes) {
    return ((bytes + 1023) >> 10) + "kB";
  }

  /// Text output.
  private static final class Lines {
    private final Request request;
    private final Optional<Figures> figures;
    private final List<String> lines;

    Lines(Request request, List<String> lines) {
      this.request = request;
      this.figures = request.statistics().map(s -> new Figures(s, request.plan()));
      this.lines = lines;
    }

    void add(ExplainNode node, int depth) {
      String indent = depth == 0 ? "" : " ".repeat(6 * depth - 4) + "->  ";
      lines.add(indent + node.title() + actual(node));
      String below = " ".repeat(depth == 0 ? 2 : 6 * depth + 2);
      for (Property property : node.properties()) {
        if (property.inText()) {
          lines.add(below + property.name() + ": " + property.text());
        }
      }
      figures.ifPresent(f ->
          measured(node, f, request.timing())
              .forEach(p -> lines.add(below + p.name() + ": " + p.text())));
      for (ExplainNode input : node.inputs()) {
        add(input, depth + 1);
      }
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
          request.timing() ? "time=" + millis((double) statistics.nanos() / loops) + " " : "";
      // As PostgreSQL: figures per loop.
      return String.format(
          Locale.ROOT,
          " (actual %srows=%d loops=%d)",
          time,
          Math.round((double) statistics.rows() / loops),
          loops);
    }
  }

  /// JSON output.
  private static final class Documents {
    private final Request request;
    private final Optional<Figures> figures;
    private final StringBuilder out;

    Documents(Request request, StringBuilder out) {
      this.request = request;
      this.figures = request.statistics().map(s -> new Figures(s, request.plan()));
      this.out = out;
    }

    /// @param relationship to the node above
    void add(ExplainNode node, Optional<String> relationship, int indent) {
      String pad = "\n" + " ".repeat(indent + 2);
      out.append('{').append(pad).append("\"Node Type\": ").append(JsonText.quote(node.type()));
      relationship.ifPresent(to -> property("Parent Relationship", JsonText.quote(to), pad));
      property("Parallel Aware", "false", pad);
      property("Async Capable", "false", pad);
      for (Property property : node.properties()) {
        property(property, pad);
      }
      if (figures.isPresent() && node.plan().isPresent()) {
        addFigures(node, figures.get(), figures.get().of(node.plan().get()), pad);
      }
      if (!node.inputs().isEmpty()) {
        out.append(',').append(pad).append("\"Plans\": [");
        for (int i = 0; i < node.inputs().size(); i++) {
          out.append(i == 0 ? "" : ", ");
          String place = i == 0 ? "Outer" : "Inner";
          boolean isMember = node.type().equals("Append");
          add(node.inputs().get(i), Optional.of(isMember ? "Member" : place), indent + 4);
        }
        out.append(']');
      }
      out.append("\n").append(" ".repeat(indent)).append('}');
    }

    private void addFigures(
        ExplainNode node, Figures all, OperatorStatistics statistics, String pad) {
      long loops = Math.max(1, statistics.loops());
      if (request.timing()) {
        property("Actual Total Time", millis((double) statistics.nanos() / loops), pad);
      }
      property("Actual Rows", String.valueOf(Math.round((double) statistics.rows() / loops)), pad);
      property("Actual Loops", String.valueOf(statistics.loops()), pad);
      for (Property property : measured(node, all, request.timing())) {
        property(property, pad);
      }
    }

    private void property(Property property, String pad) {
      String value =
          property.values().stream().map(JsonText::quote).collect(Collectors.joining(", "));
      property(property.name(), property.isList() ? "[" + value + "]" : value, pad);
    }

    private void property(String name, String json, String pad) {
      out.append(',').append(pad).append(JsonText.quote(name)).append(": ").append(json);
    }
  }
}
