package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.jspecify.annotations.Nullable;
import quiver.common.function.FunctionResolver;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.TypeFactory;
import quiver.planner.context.PlanningContext;

/// What the binding of one statement shares: the cluster its relations belong to, its parameters,
/// its counters. Used by one thread.
public final class Binding {
  private static final Pattern HIDDEN_COLUMN =
      Pattern.compile("ctid|xmin", Pattern.CASE_INSENSITIVE);

  private PlanningContext context;
  private boolean keeps;
  private final FunctionResolver resolver;
  private final RelOptCluster cluster;
  private final Rex rex;
  private final Parameters parameters;
  private final Coercions coercions;
  private final Literals literals;
  private final Demands demands = new Demands();
  private final History history = new History(this);
  private final String sql;
  private final IdentityHashMap<RexNode, Integer> positions = new IdentityHashMap<>();
  private QueryTrace trace = new QueryTrace(false);
  private final IdentityHashMap<RexNode, String> keywords = new IdentityHashMap<>();
  private final IdentityHashMap<RexNode, List<RexNode>> rowFields = new IdentityHashMap<>();
  private final Set<Long> views = new HashSet<>();
  private final List<String> texts = new ArrayList<>();
  private boolean hiddenColumns;
  private boolean withoutPolicies;
  private int ids;

  /// @param sql the whole query string, which positions refer to
  public Binding(
      PlanningContext context,
      FunctionResolver resolver,
      RelOptCluster cluster,
      Rex rex,
      String sql,
      int parameterCount) {
    this.context = context;
    this.resolver = resolver;
    this.cluster = cluster;
    this.rex = rex;
    this.sql = sql;
    reads(sql);
    this.parameters = new Parameters(context.parameterTypes(), parameterCount, rex);
    this.coercions = new Coercions(this);
    this.literals = new Literals(context);
  }

  /// What the statement needs to be allowed.
  public Demands demands() {
    return demands;
  }

  PlanningContext context() {
    return context;
  }

  History history() {
    return history;
  }

  FunctionResolver resolver() {
    return resolver;
  }

  RelOptCluster cluster() {
    return cluster;
  }

  Rex rex() {
    return rex;
  }

  Parameters parameters() {
    return parameters;
  }

  Coercions coercions() {
    return coercions;
  }

  Literals literals() {
    return literals;
  }

  /// Begins to keep what is found out.
  QueryTrace traced() {
    trace = new QueryTrace(true);
    return trace;
  }

  QueryTrace trace() {
    return trace;
  }

  /// Remembers the word an expression was written as, such as CURRENT_DATE.
  RexNode keyword(RexNode node, String word) {
    keywords.put(node, word);
    return node;
  }

  /// The word an expression was written as, null for any other.
  @Nullable String keywordOf(RexNode node) {
    return keywords.get(node);
  }

  /// Begins to bind the query of a view.
  ///
  /// @return false inside of itself
  boolean enterView(long viewId) {
    return views.add(viewId);
  }

  void leaveView(long viewId) {
    views.remove(viewId);
  }

  /// Binds what is only to be kept, the query of a view or the condition of a policy: nobody needs
  /// rights for it.
  <T> T defining(Supplier<T> work) {
    withoutPolicies = true;
    try {
      return demands.without(work);
    } finally {
      withoutPolicies = false;
    }
  }

  /// Binds something.
  interface Work<T, E extends Exception> {
    T done() throws E;
  }

  /// Binds an expression or query that the catalog keeps: names without schema are those of
  /// `public`, whatever the session searches.
  <T, E extends Exception> T kept(Work<T, E> work) throws E {
    PlanningContext outer = context;
    boolean outerKeeps = keeps;
    context = outer.withSearchPath(List.of("public"));
    keeps = true;
    try {
      return work.done();
    } finally {
      context = outer;
      keeps = outerKeeps;
    }
  }

  /// Whether what is bound is kept by the catalog.
  boolean isKept() {
    return keeps;
  }

  /// Whether policies add nothing to the tables that are named.
  boolean isWithoutPolicies() {
    return withoutPolicies;
  }

  String sql() {
    return sql;
  }

  /// Whether scans of stored tables bring their hidden columns along: only if their names occur
  /// somewhere, in the statement or in a view it reads.
  boolean namesHiddenColumns() {
    return hiddenColumns;
  }

  /// Notes the text of a query that is bound with the statement.
  void reads(String text) {
    texts.add(text);
    hiddenColumns |= HIDDEN_COLUMN.matcher(text).find();
  }

  /// Whether a name may stand for whole rows somewhere: it occurs, but for the place in FROM that
  /// gives it, without the name of a column behind it.
  boolean namesRows(String name) {
    if (name.indexOf('"') >= 0) {
      return true;
    }
    Pattern alone =
        Pattern.compile(
            "(?<![\\w$])" + Pattern.quote(name) + "(?![\\w$])\"?(?!\\s*\\.\\s*[^*\\s])",
            Pattern.CASE_INSENSITIVE);
    int count = 0;
    for (String text : texts) {
      Matcher matcher = alone.matcher(text);
      while (matcher.find()) {
        count++;
      }
    }
    return count > 1;
  }

  boolean hasParameters() {
    return !parameters.isEmpty();
  }

  /// The types of `$1 …`, once everything is bound.
  public List<quiver.common.type.SqlType> parameterTypes() {
    return parameters.resolve();
  }

  /// Remembers where an expression is in the text.
  void notePosition(RexNode node, int position) {
    positions.put(node, position);
  }

  /// Remembers the fields of a row as they were before literals among them became texts.
  void noteFields(RexNode row, List<RexNode> fields) {
    rowFields.put(row, fields);
  }

  /// The fields of a row, literals that may still become anything among them.
  List<RexNode> fieldsOf(RexNode row) {
    List<RexNode> noted = rowFields.get(row);
    return noted == null ? ((RexCall) row).getOperands() : noted;
  }

  /// Where an expression is in the text, 0 when that is not known.
  int positionOf(RexNode node) {
    return positions.getOrDefault(node, 0);
  }

  /// A number no other scope, apply or shared subplan of the statement has.
  int newId() {
    return ++ids;
  }

  /// From here on ids are free, once everything is bound.
  public int firstFreeId() {
    return ids + 1;
  }

  // ---- relations

  RelNode project(RelNode input, List<? extends RexNode> expressions) {
    if (isIdentity(input, expressions)) {
      return input;
    }
    return LogicalProject.create(
        input,
        List.of(),
        expressions,
        TypeFactory.columnNames(expressions.size()),
        java.util.Set.of());
  }

  private static boolean isIdentity(RelNode input, List<? extends RexNode> expressions) {
    if (input.getRowType().getFieldCount() != expressions.size()) {
      return false;
    }
    for (int i = 0; i < expressions.size(); i++) {
      if (!(expressions.get(i) instanceof RexInputRef reference) || reference.getIndex() != i) {
        return false;
      }
    }
    return true;
  }

  /// Rows that meet a condition, which may be put together from several.
  RelNode filter(RelNode input, RexNode condition) {
    return condition.isAlwaysTrue()
        ? input
        : LogicalFilter.create(
            input, RexUtil.flatten(input.getCluster().getRexBuilder(), condition));
  }

  /// Column `index` of a relation.
  RexNode column(RelNode input, int index) {
    RelDataTypeField field = input.getRowType().getFieldList().get(index);
    return new RexInputRef(index, field.getType());
  }

  /// All columns of a relation.
  List<RexNode> columns(RelNode input) {
    return java.util.stream.IntStream.range(0, input.getRowType().getFieldCount())
        .mapToObj(index -> column(input, index))
        .toList();
  }

  /// Columns over a relation.
  record Outputs(RelNode rel, List<RexNode> columns) {}

  /// The columns of a query to be converted: a select list that still has literals of unknown type
  /// is opened, so that the literals can take the types that are wanted.
  Outputs outputs(RelNode query) {
    boolean open =
        query instanceof LogicalProject project
            && project.getProjects().stream().anyMatch(Coercions::isUnknown);
    return open
        ? new Outputs(query.getInput(0), ((LogicalProject) query).getProjects())
        : new Outputs(query, columns(query));
  }

  /// The operator of a symbol over two types.
  Optional<quiver.common.function.OperatorSignature> operator(
      String symbol, quiver.common.type.SqlType left, quiver.common.type.SqlType right) {
    return resolver.registry().operator(symbol, Optional.of(left), right);
  }
}
