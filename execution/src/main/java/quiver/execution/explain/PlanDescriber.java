package quiver.execution.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.SystemCatalog;
import quiver.common.catalog.SystemCatalog.SystemColumn;
import quiver.common.catalog.TableDefinition;
import quiver.common.expression.Expression;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.DistanceRange;
import quiver.common.plan.HiddenColumns;
import quiver.common.plan.IndexAccess;
import quiver.common.plan.JoinKind;
import quiver.common.plan.PlanNode;
import quiver.common.plan.RelationAlias;
import quiver.common.plan.SortKey;
import quiver.common.text.Identifiers;
import quiver.execution.explain.ExplainNode.Property;
import quiver.execution.runtime.PlanInputs;

/// Names the nodes of a plan and their columns. Used by one thread for one plan.
final class PlanDescriber {
  private final CatalogImage catalog;
  private final SystemCatalog system;
  private final ExpressionText text;
  private final boolean verbose;
  private final boolean qualified;
  private final Map<Integer, List<String>> shared = new HashMap<>();
  private final Set<String> used = new HashSet<>();

  /// @param verbose whether names of columns and tables say where they are
  PlanDescriber(
      CatalogImage catalog,
      SystemCatalog system,
      ExpressionText text,
      PlanNode root,
      boolean verbose) {
    this.catalog = catalog;
    this.system = system;
    this.text = text;
    this.verbose = verbose;
    this.qualified = countRelations(root) > 1;
  }

  private static int countRelations(PlanNode node) {
    int count =
        switch (node) {
          case PlanNode.TableScan _,
              PlanNode.VectorSearch _,
              PlanNode.SystemScan _,
              PlanNode.TableFunction _,
              PlanNode.SharedScan _ ->
              1;
          case PlanNode.Values values -> values.rows().size() > 1 ? 1 : 0;
          default -> 0;
        };
    for (PlanNode input : PlanInputs.of(node)) {
      count += countRelations(input);
    }
    return count;
  }

  /// A node with the names of its output columns.
  ///
  /// @param scanNames as the conditions of a scan write them: of which relation they are is clear
  record Described(ExplainNode node, List<String> names, List<String> scanNames) {
    Described(ExplainNode node, List<String> names) {
      this(node, names, names);
    }
  }

  Described describe(PlanNode node) {
    Described described = described(node);
    return new Described(
        described.node().withOutput(described.names()), described.names(), described.scanNames());
  }

  /// The node of a statement that changes a table.
  ExplainNode modification(
      ExplainRenderer.Operation operation, PlanNode source, ExplainNode input) {
    List<Property> properties = new ArrayList<>();
    properties.add(Property.inTitle("Operation", operation.verb()));
    String name = changed(source, operation.tableId()).orElse(tableName(operation.tableId()));
    properties.addAll(relation(operation.tableId(), name));
    return new ExplainNode(
        "ModifyTable",
        operation.verb() + " on " + relationTitle(operation.tableId(), name),
        properties,
        Optional.empty(),
        List.of(input));
  }

  /// What the statement calls the table it changes, whose rows are read with their addresses.
  private static Optional<String> changed(PlanNode node, long tableId) {
    Optional<String> name =
        switch (node) {
          case PlanNode.TableScan scan when scan.withAddress() && scan.tableId() == tableId ->
              Optional.of(scan.alias().name());
          case PlanNode.VectorSearch scan when scan.withAddress() && scan.tableId() == tableId ->
              Optional.of(scan.alias().name());
          default -> Optional.empty();
        };
    for (PlanNode input : PlanInputs.of(node)) {
      name = name.or(() -> changed(input, tableId));
    }
    return name.filter(found -> !found.isEmpty());
  }

  private Described described(PlanNode node) {
    return switch (node) {
      case PlanNode.TableScan scan -> scan(scan);
      case PlanNode.VectorSearch search -> search(search);
      case PlanNode.Gather gather -> gather(gather);
      case PlanNode.SystemScan scan -> {
        String name = unique(scan.alias(), scan.relation());
        yield leaf(
            node,
            "Seq Scan",
            "Seq Scan on " + titled(scan.relation(), name),
            relation(scan.relation(), name),
            name,
            systemColumns(scan));
      }
      case PlanNode.Values values -> {
        if (values.rows().size() == 1) {
          List<Expression> row = values.rows().getFirst();
          yield leaf(
              node,
              "Result",
              "Result",
              List.of(),
              row.stream().map(e -> text.of(e, List.of())).toList());
        }
        String name = unique(RelationAlias.NONE, "*VALUES*");
        yield leaf(
            node,
            "Values Scan",
            "Values Scan on " + Identifiers.quoted(name),
            List.of(Property.inTitle("Alias", name)),
            name,
            numbered("column", values.outputTypes().size()));
      }
      case PlanNode.TableFunction function -> tableFunction(function);
      case PlanNode.Filter filter -> {
        Described input = describe(filter.input());
        yield over(
            node,
            "Filter",
            List.of(new Property("Filter", text.of(filter.condition(), input.scanNames()))),
            input,
            input.names());
      }
      case PlanNode.Project project -> {
        Described input = describe(project.input());
        // A projection is not shown: PostgreSQL's nodes project by themselves.
        yield new Described(
            input.node().projected(project),
            project.expressions().stream().map(e -> text.of(e, input.names())).toList());
      }
      case PlanNode.ProjectSet project -> {
        Described input = describe(project.input());
        yield over(
            node,
            "ProjectSet",
            List.of(),
            input,
            project.items().stream().map(e -> text.of(e, input.names())).toList());
      }
      case PlanNode.HashJoin join -> hashJoin(join);
      case PlanNode.NestedLoopJoin join -> nestedLoop(join);
      case PlanNode.Apply apply -> apply(apply);
      case PlanNode.Aggregate aggregate -> aggregate(aggregate);
      case PlanNode.Window window -> window(window);
      case PlanNode.Sort sort -> {
        Described input = describe(sort.input());
        yield over(
            node,
            "Sort",
            withReason(Property.list("Sort Key", order(sort.keys(), input.names())), sort.reason()),
            input,
            input.names());
      }
      case PlanNode.Limit limit -> {
        Described input = describe(limit.input());
        yield over(node, "Limit", List.of(), input, input.names());
      }
      case PlanNode.DistinctOn distinct -> {
        Described input = describe(distinct.input());
        yield over(node, "Unique", List.of(), input, input.names());
      }
      case PlanNode.SetOperation operation -> setOperation(operation);
      case PlanNode.LockRows lock -> {
        Described input = describe(lock.input());
        yield over(node, "LockRows", List.of(), input, input.names());
      }
      case PlanNode.SingleRow single -> {
        Described input = describe(single.input());
        yield over(node, "Single Row", List.of(), input, input.names());
      }
      case PlanNode.Shared cte -> {
        Described definition = describe(cte.definition());
        shared.put(cte.id(), definition.names());
        Described body = describe(cte.body());
        yield new Described(
            new ExplainNode(
                "Materialize",
                "Materialize " + sharedName(cte.body(), cte.id()),
                List.of(),
                Optional.of(node),
                List.of(definition.node(), body.node())),
            body.names());
      }
      case PlanNode.RecursiveUnion union -> {
        Described base = describe(union.base());
        shared.put(union.id(), base.names());
        Described step = describe(union.step());
        yield new Described(
            new ExplainNode(
                "Recursive Union",
                "Recursive Union",
                List.of(),
                Optional.of(node),
                List.of(base.node(), step.node())),
            base.names());
      }
      case PlanNode.SharedScan scan -> sharedScan(scan);
    };
  }

  private Described sharedScan(PlanNode.SharedScan scan) {
    List<String> columns =
        shared.getOrDefault(scan.id(), numbered("column", scan.outputTypes().size()));
    if (!scan.alias().isKnown()) {
      String name = "cte_" + scan.id();
      return leaf(
          scan,
          "CTE Scan",
          "CTE Scan on " + name,
          List.of(Property.inTitle("CTE Name", name), Property.inTitle("Alias", name)),
          columns);
    }
    String relation = scan.alias().relation();
    String name = unique(scan.alias(), relation);
    return leaf(
        scan,
        "CTE Scan",
        "CTE Scan on " + titled(relation, name),
        List.of(Property.inTitle("CTE Name", relation), Property.inTitle("Alias", name)),
        name,
        scan.alias().columns());
  }

  /// The name of rows that are kept: that of the WITH query, if they are one's.
  private static String sharedName(PlanNode body, int id) {
    return scanned(body, id).map(Identifiers::quoted).orElse("cte_" + id);
  }

  private static Optional<String> scanned(PlanNode node, int id) {
    if (node instanceof PlanNode.SharedScan scan && scan.id() == id && scan.alias().isKnown()) {
      return Optional.of(scan.alias().relation());
    }
    return PlanInputs.of(node).stream().flatMap(input -> scanned(input, id).stream()).findFirst();
  }

  /// The name of a relation, with a number behind it if there is one of that name already.
  private String unique(RelationAlias alias, String relation) {
    String name = alias.isKnown() ? alias.name() : relation;
    String unique = name;
    for (int i = 1; !used.add(unique); i++) {
      unique = name + "_" + i;
    }
    return unique;
  }

  private static String titled(String relation, String name) {
    String title = Identifiers.quoted(relation);
    return name.equals(relation) ? title : title + " " + Identifiers.quoted(name);
  }

  private static Described leaf(
      PlanNode node, String type, String title, List<Property> properties, List<String> names) {
    return new Described(
        new ExplainNode(type, title, properties, Optional.of(node), List.of()), names);
  }

  /// A leaf whose columns are those of a relation.
  private Described leaf(
      PlanNode node,
      String type,
      String title,
      List<Property> properties,
      String relation,
      List<String> columns) {
    return new Described(
        new ExplainNode(type, title, properties, Optional.of(node), List.of()),
        named(relation, columns, qualified),
        named(relation, columns, verbose));
  }

  private static List<String> named(String relation, List<String> columns, boolean qualified) {
    String prefix = qualified ? Identifiers.quoted(relation) + "." : "";
    return columns.stream().map(column -> prefix + Identifiers.quoted(column)).toList();
  }

  private static Described over(
      PlanNode node, String type, List<Property> properties, Described input, List<String> names) {
    return new Described(
        new ExplainNode(type, type, properties, Optional.of(node), List.of(input.node())), names);
  }

  private static List<String> numbered(String prefix, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      names.add(prefix + i);
    }
    return names;
  }

  // --- leaves ----------------------------------------------------------------------------------

  private String tableName(long tableId) {
    return catalog.table(tableId).map(TableDefinition::name).orElse("table " + tableId);
  }

  private Optional<String> schema(long tableId) {
    return verbose ? catalog.table(tableId).map(TableDefinition::schema) : Optional.empty();
  }

  /// A table as titles name it.
  private String relationTitle(long tableId, String name) {
    String title = titled(tableName(tableId), name);
    return schema(tableId).map(schema -> Identifiers.quoted(schema) + "." + title).orElse(title);
  }

  private String columnName(long tableId, int ordinal, RelationAlias alias) {
    if (ordinal < 0) {
      return HiddenColumns.name(ordinal);
    }
    return ordinal < alias.columns().size()
        ? alias.columns().get(ordinal)
        : catalog
            .table(tableId)
            .filter(table -> ordinal < table.columns().size())
            .map(table -> table.columns().get(ordinal).name())
            .orElse("column" + (ordinal + 1));
  }

  private List<String> systemColumns(PlanNode.SystemScan scan) {
    Optional<List<SystemColumn>> columns = system.relation(scan.schema(), scan.relation());
    return scan.ordinals().stream()
        .map(ordinal ->
            columns.map(list -> list.get(ordinal).name()).orElse("column" + (ordinal + 1)))
        .toList();
  }

  private List<String> columns(
      long tableId, List<Integer> ordinals, boolean withAddress, RelationAlias alias) {
    List<String> names = new ArrayList<>();
    ordinals.forEach(ordinal -> names.add(columnName(tableId, ordinal, alias)));
    if (withAddress) {
      names.add("ctid");
    }
    return names;
  }

  private Described scan(PlanNode.TableScan scan) {
    String alias = unique(scan.alias(), tableName(scan.tableId()));
    List<String> columns =
        columns(scan.tableId(), scan.ordinals(), scan.withAddress(), scan.alias());
    List<String> names = named(alias, columns, verbose);
    String table = relationTitle(scan.tableId(), alias);
    List<Property> properties = new ArrayList<>(relation(scan.tableId(), alias));
    String title = "Seq Scan on " + table;
    if (!scan.keyEquals().isEmpty()) {
      Optional<TableDefinition> definition = catalog.table(scan.tableId());
      String index =
          definition
              .flatMap(TableDefinition::primaryKey)
              .map(TableDefinition.PrimaryKey::name)
              .orElse("primary key");
      title = "Index Scan using " + index + " on " + table;
      properties.addAll(index(index, false));
      properties.add(new Property("Index Cond", keyCondition(scan, alias, definition)));
    }
    Optional<Expression> rest = scan.filter();
    Optional<IndexAccess> access = scan.order().map(IndexAccess.Order::access).or(scan::access);
    if (access.isPresent()) {
      String name = access.get().indexName();
      boolean backward = scan.order().map(IndexAccess.Order::backward).orElse(false);
      title = "Index Scan " + (backward ? "Backward " : "") + "using " + name + " on " + table;
      properties.addAll(index(name, backward));
      List<Expression> conditions = access.get().conjuncts();
      if (!conditions.isEmpty()) {
        properties.add(new Property("Index Cond", text.of(all(conditions), names)));
        rest = without(rest, conditions);
      }
    }
    rest.ifPresent(f -> properties.add(new Property("Filter", text.of(f, names))));
    scan.asOf().ifPresent(moment -> properties.add(asOf(moment)));
    boolean byIndex = !scan.keyEquals().isEmpty() || access.isPresent();
    return leaf(scan, byIndex ? "Index Scan" : "Seq Scan", title, properties, alias, columns);
  }

  private List<Property> relation(long tableId, String name) {
    List<Property> properties = new ArrayList<>();
    properties.add(Property.inTitle("Relation Name", tableName(tableId)));
    schema(tableId).ifPresent(schema -> properties.add(Property.inTitle("Schema", schema)));
    properties.add(Property.inTitle("Alias", name));
    return properties;
  }

  private static List<Property> relation(String relation, String name) {
    return List.of(Property.inTitle("Relation Name", relation), Property.inTitle("Alias", name));
  }

  private static List<Property> index(String name, boolean backward) {
    return List.of(
        Property.inTitle("Scan Direction", backward ? "Backward" : "Forward"),
        Property.inTitle("Index Name", name));
  }

  private static Expression all(List<Expression> terms) {
    return terms.size() == 1 ? terms.getFirst() : new Expression.And(terms);
  }

  /// What of a filter no index answers by itself. LIKE stays: an index knows the prefix only.
  private static Optional<Expression> without(
      Optional<Expression> filter, List<Expression> conditions) {
    List<Expression> rest = new ArrayList<>();
    for (Expression term :
        filter.orElseThrow() instanceof Expression.And(var terms)
            ? terms
            : List.of(filter.orElseThrow())) {
      boolean pattern =
          term instanceof Expression.Call call && call.function().name().equals("textlike");
      if (pattern || !conditions.contains(term)) {
        rest.add(term);
      }
    }
    return rest.isEmpty() ? Optional.empty() : Optional.of(all(rest));
  }

  private String keyCondition(
      PlanNode.TableScan scan, String alias, Optional<TableDefinition> definition) {
    List<Integer> ordinals = definition.map(TableDefinition::keyOrdinals).orElse(List.of());
    List<String> terms = new ArrayList<>();
    for (int i = 0; i < scan.keyEquals().size(); i++) {
      String column =
          i < ordinals.size()
              ? columnName(scan.tableId(), ordinals.get(i), scan.alias())
              : "key" + (i + 1);
      column = named(alias, List.of(column), verbose).getFirst();
      terms.add("(" + column + " = " + text.of(scan.keyEquals().get(i), List.of()) + ")");
    }
    return terms.size() == 1 ? terms.getFirst() : "(" + String.join(" AND ", terms) + ")";
  }

  private Property asOf(Expression moment) {
    return new Property("As Of", text.of(moment, List.of()));
  }

  /// The columns of a search with the distance.
  private List<String> found(PlanNode.VectorSearch search, String alias, boolean qualifies) {
    List<String> columns =
        columns(search.tableId(), search.ordinals(), search.withAddress(), search.alias());
    List<String> names = new ArrayList<>(named(alias, columns, qualifies));
    String vector = columnName(search.tableId(), search.vectorOrdinal(), search.alias());
    names.add(
        search.distance().isPresent()
            ? text.of(search.distance().get(), names)
            : "("
                + named(alias, List.of(vector), qualifies).getFirst()
                + " "
                + search.metric().operator()
                + " "
                + text.of(search.query(), List.of())
                + ")");
    return names;
  }

  private Described search(PlanNode.VectorSearch search) {
    String alias = unique(search.alias(), tableName(search.tableId()));
    List<String> names = found(search, alias, verbose);
    String distance = names.getLast();
    Optional<String> index =
        search
            .indexId()
            .flatMap(id ->
                catalog
                    .table(search.tableId())
                    .flatMap(table ->
                        table.indexes().stream()
                            .filter(candidate -> candidate.fileId() == id)
                            .findFirst()))
            .map(IndexDefinition::name);
    List<Property> properties = new ArrayList<>(relation(search.tableId(), alias));
    index.ifPresent(name -> properties.addAll(index(name, false)));
    properties.add(new Property("Order By", distance));
    search.filter().ifPresent(f -> properties.add(new Property("Filter", text.of(f, names))));
    if (search.range().isBounded()) {
      properties.add(new Property("Distance", range(distance, search.range())));
    }
    search.limit().ifPresent(n -> properties.add(new Property("Nearest", text.of(n, List.of()))));
    search.asOf().ifPresent(moment -> properties.add(asOf(moment)));
    properties.add(new Property("Reason", search.reason()));
    String table = relationTitle(search.tableId(), alias);
    boolean byIndex = search.indexId().isPresent();
    return new Described(
        new ExplainNode(
            byIndex ? "Index Scan" : "Seq Scan",
            byIndex
                ? "Index Scan using " + index.orElse("index") + " on " + table
                : "Seq Scan on " + table,
            properties,
            Optional.of(search),
            List.of()),
        found(search, alias, qualified),
        names);
  }

  private static List<Property> withReason(Property first, Optional<String> reason) {
    return reason
        .map(text -> List.of(first, new Property("Reason", text)))
        .orElseGet(() -> List.of(first));
  }

  private String range(String distance, DistanceRange range) {
    List<String> terms = new ArrayList<>();
    range
        .min()
        .ifPresent(min ->
            terms.add(
                "("
                    + distance
                    + (range.minInclusive() ? " >= " : " > ")
                    + text.of(min, List.of())
                    + ")"));
    range
        .max()
        .ifPresent(max ->
            terms.add(
                "("
                    + distance
                    + (range.maxInclusive() ? " <= " : " < ")
                    + text.of(max, List.of())
                    + ")"));
    return String.join(" AND ", terms);
  }

  private Described tableFunction(PlanNode.TableFunction function) {
    String names =
        function.calls().stream().map(c -> c.function().name()).collect(Collectors.joining(", "));
    RelationAlias alias = function.alias();
    String relation = alias.isKnown() ? alias.relation() : names;
    String name = unique(alias, names);
    List<Property> properties =
        List.of(
            Property.inTitle("Function Name", names),
            Property.inTitle("Alias", name),
            new Property(
                "Function Call",
                function.calls().stream()
                    .map(c -> text.of(c, List.of()))
                    .collect(Collectors.joining(", "))));
    int count = function.outputTypes().size();
    return leaf(
        function,
        "Function Scan",
        "Function Scan on " + titled(relation, name),
        properties,
        name,
        alias.isKnown()
            ? alias.columns()
            : count == 1 ? List.of(names) : numbered("column", count));
  }

  private Described gather(PlanNode.Gather gather) {
    Described input = describe(gather.fragment());
    List<Property> properties = new ArrayList<>();
    if (!gather.order().isEmpty()) {
      properties.add(Property.list("Merge Key", order(gather.order(), input.names())));
    }
    Described described =
        over(
            gather,
            gather.order().isEmpty() ? "Gather" : "Gather Merge",
            properties,
            input,
            input.names());
    return new Described(described.node(), described.names(), input.scanNames());
  }

  // --- joins -----------------------------------------------------------------------------------

  private static String join(JoinKind kind) {
    return switch (kind) {
      case INNER -> "";
      case LEFT -> " Left";
      case RIGHT -> " Right";
      case FULL -> " Full";
      case SEMI -> " Semi";
      case ANTI, NULL_AWARE_ANTI -> " Anti";
    };
  }

  private Described join(
      PlanNode node,
      String type,
      JoinKind kind,
      Described left,
      Described right,
      List<Property> conditions) {
    List<Property> properties = new ArrayList<>();
    String kindName = join(kind);
    properties.add(
        Property.inTitle("Join Type", kindName.isEmpty() ? "Inner" : kindName.substring(1)));
    properties.addAll(conditions);
    List<String> names = new ArrayList<>(left.names());
    switch (kind) {
      case INNER, LEFT, RIGHT, FULL -> names.addAll(right.names());
      case SEMI, ANTI, NULL_AWARE_ANTI -> {}
    }
    return new Described(
        new ExplainNode(
            type.startsWith("Hash") ? "Hash Join" : "Nested Loop",
            type,
            properties,
            Optional.of(node),
            List.of(left.node(), right.node())),
        names);
  }

  private void filter(
      Optional<Expression> condition, Described left, Described right, List<Property> to) {
    List<String> both = new ArrayList<>(left.names());
    both.addAll(right.names());
    condition.ifPresent(c -> to.add(new Property("Join Filter", text.of(c, both))));
  }

  private Described hashJoin(PlanNode.HashJoin join) {
    Described left = describe(join.left());
    Described right = describe(join.right());
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < join.leftKeys().size(); i++) {
      conditions.add(
          "("
              + ExpressionText.name(left.names(), join.leftKeys().get(i))
              + " = "
              + ExpressionText.name(right.names(), join.rightKeys().get(i))
              + ")");
    }
    List<Property> properties = new ArrayList<>();
    properties.add(
        new Property(
            "Hash Cond",
            conditions.size() == 1
                ? conditions.getFirst()
                : "(" + String.join(" AND ", conditions) + ")"));
    filter(join.residual(), left, right, properties);
    return join(join, "Hash" + join(join.kind()) + " Join", join.kind(), left, right, properties);
  }

  private Described nestedLoop(PlanNode.NestedLoopJoin join) {
    Described left = describe(join.left());
    Described right = describe(join.right());
    List<Property> properties = new ArrayList<>();
    filter(join.condition(), left, right, properties);
    return join(join, loop(join.kind()), join.kind(), left, right, properties);
  }

  private Described apply(PlanNode.Apply apply) {
    Described left = describe(apply.left());
    text.bindOuter(apply.applyId(), left.names());
    Described right = describe(apply.right());
    List<Property> properties = new ArrayList<>();
    filter(apply.condition(), left, right, properties);
    return join(apply, loop(apply.kind()), apply.kind(), left, right, properties);
  }

  private static String loop(JoinKind kind) {
    return kind == JoinKind.INNER ? "Nested Loop" : "Nested Loop" + join(kind) + " Join";
  }

  // --- the rest --------------------------------------------------------------------------------

  private static List<String> order(List<SortKey> keys, List<String> names) {
    return keys.stream()
        .map(key ->
            ExpressionText.name(names, key.column())
                + (key.descending() ? " DESC" : "")
                + (key.nullsFirst() == key.descending()
                    ? ""
                    : key.nullsFirst() ? " NULLS FIRST" : " NULLS LAST"))
        .toList();
  }

  private static String call(AggregateCall call, List<String> names) {
    String arguments =
        call.arguments().stream()
            .map(argument -> ExpressionText.name(names, argument))
            .collect(Collectors.joining(", "));
    boolean star = arguments.isEmpty() && call.function().name().equals("count");
    return call.function().name()
        + "("
        + (call.distinct() ? "DISTINCT " : "")
        + (star ? "*" : arguments)
        + (call.order().isEmpty()
            ? ""
            : " ORDER BY " + String.join(", ", order(call.order(), names)))
        + ")"
        + call.filter()
            .map(f -> " FILTER (WHERE " + ExpressionText.name(names, f) + ")")
            .orElse("");
  }

  private Described aggregate(PlanNode.Aggregate aggregate) {
    Described input = describe(aggregate.input());
    List<String> names = new ArrayList<>();
    for (int key : aggregate.keys()) {
      names.add(ExpressionText.name(input.names(), key));
    }
    List<String> keys = List.copyOf(names);
    for (int i = 0; i < aggregate.calls().size(); i++) {
      names.add(
          switch (aggregate.phase()) {
            case SINGLE -> call(aggregate.calls().get(i), input.names());
            case PARTIAL -> "PARTIAL " + call(aggregate.calls().get(i), input.names());
            case FINAL ->
                ExpressionText.name(input.names(), keys.size() + i).replaceFirst("^PARTIAL ", "");
          });
    }
    if (aggregate.groupingSets().size() > 1) {
      names.add("GROUPING(" + String.join(", ", keys) + ")");
    }
    List<Property> properties = new ArrayList<>();
    if (aggregate.groupingSets().size() == 1) {
      if (!keys.isEmpty()) {
        properties.add(Property.list("Group Key", keys));
      }
    } else {
      for (List<Integer> set : aggregate.groupingSets()) {
        properties.add(
            new Property(
                "Hash Key",
                set.isEmpty()
                    ? "()"
                    : set.stream().map(keys::get).collect(Collectors.joining(", "))));
      }
    }
    String phase =
        switch (aggregate.phase()) {
          case SINGLE -> "";
          case PARTIAL -> "Partial ";
          case FINAL -> "Finalize ";
        };
    properties.add(Property.inTitle("Strategy", keys.isEmpty() ? "Plain" : "Hashed"));
    properties.add(Property.inTitle("Partial Mode", phase.isEmpty() ? "Simple" : phase.strip()));
    return new Described(
        new ExplainNode(
            "Aggregate",
            phase + (keys.isEmpty() ? "Aggregate" : "HashAggregate"),
            properties,
            Optional.of(aggregate),
            List.of(input.node())),
        names);
  }

  private Described window(PlanNode.Window window) {
    Described input = describe(window.input());
    List<String> names = new ArrayList<>(input.names());
    for (AggregateCall call : window.calls()) {
      names.add("(" + call(call, input.names()) + " OVER (?))");
    }
    List<Property> properties = new ArrayList<>();
    if (!window.partitionKeys().isEmpty()) {
      properties.add(
          Property.list(
              "Partition Key",
              window.partitionKeys().stream()
                  .map(key -> ExpressionText.name(input.names(), key))
                  .toList()));
    }
    if (!window.order().isEmpty()) {
      properties.add(Property.list("Sort Key", order(window.order(), input.names())));
    }
    return over(window, "WindowAgg", properties, input, names);
  }

  private Described setOperation(PlanNode.SetOperation operation) {
    List<Described> inputs = operation.inputs().stream().map(this::describe).toList();
    String type =
        switch (operation.kind()) {
          case UNION -> operation.all() ? "Append" : "HashSetOp Union";
          case INTERSECT -> "HashSetOp Intersect" + (operation.all() ? " All" : "");
          case EXCEPT -> "HashSetOp Except" + (operation.all() ? " All" : "");
        };
    boolean isAppend = type.equals("Append");
    return new Described(
        new ExplainNode(
            isAppend ? type : "SetOp",
            type,
            isAppend
                ? List.of()
                : List.of(
                    Property.inTitle("Strategy", "Hashed"),
                    Property.inTitle("Command", type.substring("HashSetOp ".length()))),
            Optional.of(operation),
            inputs.stream().map(Described::node).toList()),
        inputs.getFirst().names());
  }
}
