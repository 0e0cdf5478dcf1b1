package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlBinaryStringLiteral;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.RowTypes;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.OutputColumn;
import quiver.common.function.ResolvedFunction;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;
import quiver.common.value.BitString;
import quiver.common.value.Numeric;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.NumericConstant;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.WindowSpecification;

/// Expressions of one query level: names and types resolved, conversions explicit.
final class ExpressionBinder {
  private final Binding binding;
  private final Scope scope;
  private final CommonTables commonTables;
  private final Placeholders placeholders;
  private final Rex rex;
  private final Operators operators;
  private final Calls calls;

  /// @param windows of the WINDOW clause, by name
  ExpressionBinder(
      Binding binding,
      Scope scope,
      CommonTables commonTables,
      Placeholders placeholders,
      Map<String, WindowSpecification> windows) {
    this.binding = binding;
    this.scope = scope;
    this.commonTables = commonTables;
    this.placeholders = placeholders;
    this.rex = binding.rex();
    this.operators = new Operators(binding);
    this.calls = new Calls(binding, this, placeholders, windows);
  }

  Scope scope() {
    return scope;
  }

  Placeholders placeholders() {
    return placeholders;
  }

  void notePosition(RexNode node, int position) {
    binding.notePosition(node, position);
  }

  Operators operators() {
    return operators;
  }

  /// The expression; its type is `unknown` for a literal or parameter nothing is known about.
  ///
  /// @throws QuiverException with the position PostgreSQL gives
  RexNode bind(SqlNode node, Clause clause) {
    try {
      RexNode bound = bindNode(node, clause);
      binding.notePosition(bound, Positions.of(node));
      return bound;
    } catch (QuiverException e) {
      throw e.position() == 0 ? e.at(positionOf(node)) : e;
    }
  }

  List<RexNode> bindAll(List<SqlNode> nodes, Clause clause) {
    List<RexNode> bound = new ArrayList<>(nodes.size());
    for (SqlNode node : nodes) {
      bound.add(bind(node, clause));
    }
    return bound;
  }

  /// A condition of a clause.
  RexNode bindCondition(SqlNode node, Clause clause, String clauseName) {
    RexNode bound = bind(node, clause);
    try {
      return binding.coercions().condition(bound, clauseName);
    } catch (QuiverException e) {
      throw e.position() == 0 ? e.at(Positions.of(node)) : e;
    }
  }

  /// Where PostgreSQL points at when `node` is wrong.
  static int positionOf(SqlNode node) {
    int own =
        node instanceof ExpressionNode expression
            ? switch (expression.value()) {
              case Expression.Operator e -> e.position();
              case Expression.DistinctFrom e -> e.position();
              case Expression.Between e -> e.position();
              case Expression.InList e -> e.position();
              case Expression.InQuery e -> e.position();
              case Expression.QuantifiedArray e -> e.position();
              case Expression.QuantifiedQuery e -> e.position();
              case Expression.Cast e -> e.position();
              case Expression.Collate e -> e.position();
              default -> Positions.of(node);
            }
            : Positions.of(node);
    return Math.max(own, 0);
  }

  private RexNode bindNode(SqlNode node, Clause clause) {
    return switch (node) {
      case ExpressionNode expression -> bindExpression(expression, clause);
      case NumericConstant number -> number(number);
      case SqlCharStringLiteral string ->
          rex.constant(
              java.util.Objects.requireNonNull(string.getValueAs(String.class)), SqlType.UNKNOWN);
      case SqlBinaryStringLiteral bits -> bits(bits);
      case SqlDynamicParam parameter -> parameter(parameter, clause);
      case SqlIdentifier identifier -> identifier(identifier, clause);
      case SqlLiteral literal when literal.getTypeName() == SqlTypeName.NULL ->
          rex.constant(null, SqlType.UNKNOWN);
      case SqlLiteral literal when literal.getTypeName() == SqlTypeName.BOOLEAN ->
          rex.truth(literal.booleanValue());
      default ->
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "expressions of kind %s are not supported",
              node.getKind());
    };
  }

  private RexNode number(NumericConstant number) {
    return switch (number.typeName()) {
      case "int4" -> rex.constant(Long.valueOf(number.text()), SqlType.INT4);
      case "int8" -> rex.constant(Long.valueOf(number.text()), SqlType.INT8);
      default -> rex.constant(Numeric.of(number.text()), SqlType.NUMERIC);
    };
  }

  private RexNode bits(SqlBinaryStringLiteral literal) {
    org.apache.calcite.util.BitString bits =
        java.util.Objects.requireNonNull(
            literal.getValueAs(org.apache.calcite.util.BitString.class));
    int length = bits.getBitCount();
    byte[] bytes = new byte[(length + 7) / 8];
    String digits = bits.toBitString();
    for (int i = 0; i < length; i++) {
      if (digits.charAt(i) == '1') {
        bytes[i / 8] |= (byte) (0x80 >> (i % 8));
      }
    }
    return rex.constant(BitString.of(length, bytes), SqlType.of(BaseType.BIT));
  }

  private RexNode parameter(SqlDynamicParam parameter, Clause clause) {
    if (clause == Clause.DEFAULT || clause == Clause.CHECK) {
      throw new QuiverException(
          SqlState.UNDEFINED_PARAMETER, "there is no parameter $%d", parameter.getIndex() + 1);
    }
    return binding.parameters().reference(parameter.getIndex());
  }

  // ---- names

  private RexNode identifier(SqlIdentifier identifier, Clause clause) {
    if (clause == Clause.DEFAULT) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "cannot use column reference in DEFAULT expression");
    }
    return resolve(identifier).expression();
  }

  /// The column a name means, or a whole row.
  Scope.Resolved resolve(SqlIdentifier identifier) {
    List<String> names = identifier.names;
    if (identifier.isStar() && names.size() > 1) {
      return wholeRow(requireNamespace(identifier));
    }
    if (identifier.isStar()) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR, "row expansion via \"*\" is not supported here");
    }
    if (names.size() == 1) {
      Scope.@Nullable Resolved column = scope.column(names.getFirst());
      if (column != null) {
        return read(column);
      }
      Scope.@Nullable Found row = scope.namespace(null, names.getFirst());
      if (row != null) {
        return wholeRow(row);
      }
      throw scope.missingColumn(names.getFirst());
    }
    String columnName = names.getLast();
    String table = names.get(names.size() - 2);
    Scope.Found found = requireNamespace(identifier);
    Scope.@Nullable Resolved column = scope.columnOf(found, columnName);
    if (column == null) {
      found.namespace().refuseHidden(columnName);
      throw new QuiverException(
          SqlState.UNDEFINED_COLUMN, "column %s.%s does not exist", table, columnName);
    }
    return read(column);
  }

  /// The same column, which the statement now has to be allowed to read.
  Scope.Resolved read(Scope.Resolved column) {
    binding.demands().read(column.origin());
    return column;
  }

  /// The FROM entry named by all but the last part of a name.
  Scope.Found requireNamespace(SqlIdentifier identifier) {
    List<String> names = identifier.names;
    String table = names.get(names.size() - 2);
    @Nullable String schema = names.size() > 2 ? names.get(names.size() - 3) : null;
    Scope.@Nullable Found found = scope.namespace(schema, table);
    if (found == null) {
      throw scope.missingEntry(table).at(Positions.of(identifier));
    }
    return found;
  }

  private Scope.Resolved wholeRow(Scope.Found found) {
    List<Namespace.Column> columns = found.namespace().columns();
    if (found.namespace().scalar()) {
      return read(scope.resolved(found.scope(), columns.getFirst()));
    }
    List<RexNode> fields = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Namespace.Column column : columns) {
      if (!column.hidden()) {
        names.add(column.name());
        fields.add(read(scope.resolved(found.scope(), column)).expression());
      }
    }
    return new Scope.Resolved(
        present(found, rex.make(new Form.RowOf(names), rowType(found.namespace(), fields), fields)),
        Namespace.Origin.NONE,
        found.namespace().name(),
        columns.stream()
            .filter(column -> !column.hidden())
            .map(column -> new OutputColumn(column.name(), column.type()))
            .toList());
  }

  /// The row type of a table or view, or `record`.
  private SqlType rowType(Namespace namespace, List<RexNode> fields) {
    return binding
        .context()
        .catalog()
        .object(namespace.relationId())
        .flatMap(RowTypes::of)
        .filter(_ -> namespace.renamed() == 0)
        .filter(type -> hasTypes(type, fields))
        .map(SqlType::of)
        .orElse(SqlType.of(BaseType.RECORD));
  }

  private static boolean hasTypes(UserType.OfComposite type, List<RexNode> fields) {
    if (type.fields().size() != fields.size()) {
      return false;
    }
    for (int i = 0; i < fields.size(); i++) {
      if (!type.fields().get(i).type().sameTypeAs(Rex.type(fields.get(i)))) {
        return false;
      }
    }
    return true;
  }

  /// A row, or NULL where an outer join has none.
  private RexNode present(Scope.Found found, RexNode row) {
    RexNode present = found.namespace().present();
    if (present == null) {
      return row;
    }
    SqlType type = Rex.type(row);
    return rex.make(
        new Form.Case(),
        type,
        List.of(
            rex.not(rex.isNull(scope.expression(found.scope(), present))),
            row,
            rex.constant(null, type)));
  }

  // ---- expressions

  private RexNode bindExpression(ExpressionNode node, Clause clause) {
    return switch (node.value()) {
      case Expression.Operator e -> operator(e, clause);
      case Expression.Logical e -> logical(e, clause);
      case Expression.Is e -> is(e, clause);
      case Expression.DistinctFrom e -> distinctFrom(e, clause);
      case Expression.Between e -> between(e, clause);
      case Expression.InList e -> inList(e, clause);
      case Expression.InQuery e ->
          negatedIf(e.negated(), quantifiedQuery(e.operand(), "=", false, e.query(), clause));
      case Expression.QuantifiedArray e -> quantifiedArray(e, clause);
      case Expression.QuantifiedQuery e ->
          quantifiedQuery(e.left(), e.symbol(), e.all(), e.query(), clause);
      case Expression.Exists e -> exists(e.query(), clause);
      case Expression.ScalarQuery e -> scalarQuery(e.query(), clause);
      case Expression.ArrayQuery e -> arrayQuery(e.query(), clause);
      case Expression.ArrayElements e -> array(e, Optional.empty(), clause);
      case Expression.Row e -> row(rowFields(e, clause));
      case Expression.Case e -> caseOf(e, clause);
      case Expression.Function e -> calls.bind(node, e, clause);
      case Expression.Special e -> special(e, clause);
      case Expression.Keyword e -> calls.keyword(e);
      case Expression.Cast e -> cast(e, clause);
      case Expression.Collate e -> collate(e, clause);
      case Expression.Subscript _, Expression.Slice _ -> subscript(node, clause);
      case Expression.Field e -> field(e, clause);
      case Expression.AllFields _ ->
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED, "row expansion via \"*\" is not supported here");
      case Expression.Default _ ->
          throw new QuiverException(
              SqlState.SYNTAX_ERROR, "DEFAULT is not allowed in this context");
      case Expression.CurrentOf _ ->
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED, "WHERE CURRENT OF is not supported");
    };
  }

  private RexNode row(List<RexNode> fields) {
    RexNode row =
        rex.make(
            new Form.RowOf(List.of()),
            SqlType.of(BaseType.RECORD),
            fields.stream()
                .map(field ->
                    Rex.form(field) instanceof Form.Parameter
                        ? field
                        : binding.coercions().known(field))
                .toList());
    binding.noteFields(row, fields);
    return row;
  }

  /// The fields of ROW(…); `t.*` gives all columns of `t`.
  private List<RexNode> rowFields(Expression.Row row, Clause clause) {
    List<RexNode> fields = new ArrayList<>();
    for (SqlNode field : row.fields()) {
      if (field instanceof SqlIdentifier identifier
          && identifier.isStar()
          && identifier.names.size() > 1) {
        Scope.Found found = requireNamespace(identifier);
        for (Namespace.Column column : found.namespace().columns()) {
          if (!column.hidden()) {
            fields.add(read(scope.resolved(found.scope(), column)).expression());
          }
        }
      } else {
        fields.add(bind(field, clause));
      }
    }
    return fields;
  }

  private RexNode operator(Expression.Operator e, Clause clause) {
    SqlNode leftNode = e.left();
    if (leftNode == null) {
      return operators.prefix(e.symbol(), bind(e.right(), clause));
    }
    if (isRow(leftNode)
        && e.right() instanceof ExpressionNode right
        && right.value() instanceof Expression.ScalarQuery(Query query)) {
      return quantifiedQuery(leftNode, e.symbol(), false, query, clause);
    }
    if (isRow(leftNode) && isRow(e.right())) {
      return operators.rows(
          e.symbol(), bindAll(fields(leftNode), clause), bindAll(fields(e.right()), clause));
    }
    return operators.binary(e.symbol(), bind(leftNode, clause), bind(e.right(), clause));
  }

  private static boolean isRow(SqlNode node) {
    return node instanceof ExpressionNode expression
        && expression.value() instanceof Expression.Row;
  }

  private static List<SqlNode> fields(SqlNode row) {
    return ((Expression.Row) ((ExpressionNode) row).value()).fields();
  }

  private RexNode logical(Expression.Logical e, Clause clause) {
    List<RexNode> terms = new ArrayList<>();
    for (SqlNode operand : e.operands()) {
      terms.add(bindCondition(operand, clause, e.connective().name()));
    }
    return switch (e.connective()) {
      case AND -> rex.and(terms);
      case OR -> rex.or(terms);
      case NOT -> rex.not(terms.getFirst());
    };
  }

  private RexNode negatedIf(boolean negated, RexNode node) {
    return negated ? rex.not(node) : node;
  }

  private RexNode is(Expression.Is e, Clause clause) {
    if (e.truth() == Expression.Truth.NULL) {
      if (isRow(e.operand())) {
        List<RexNode> tests = new ArrayList<>();
        for (RexNode field : bindAll(fields(e.operand()), clause)) {
          tests.add(negatedIf(e.negated(), isNull(field)));
        }
        return rex.and(tests);
      }
      RexNode operand = bind(e.operand(), clause);
      return e.negated() && isRecord(operand)
          ? complete(operand)
          : negatedIf(e.negated(), isNull(operand));
    }
    String name = "IS " + (e.negated() ? "NOT " : "") + e.truth();
    RexNode operand = bindCondition(e.operand(), clause, name);
    RexNode test =
        switch (e.truth()) {
          case TRUE -> rex.coalesce(SqlType.BOOL, List.of(operand, rex.truth(false)));
          case FALSE -> rex.not(rex.coalesce(SqlType.BOOL, List.of(operand, rex.truth(true))));
          case UNKNOWN, NULL -> rex.isNull(operand);
        };
    return negatedIf(e.negated(), test);
  }

  private static boolean isRecord(RexNode operand) {
    SqlType type = Rex.type(operand);
    return type.base() == BaseType.RECORD && !type.array();
  }

  /// `record IS NOT NULL`: none of its fields is NULL.
  private RexNode complete(RexNode row) {
    RexNode test =
        rex.call(
            binding.resolver().registry().function("record_complete(record)").orElseThrow(),
            "",
            SqlType.BOOL,
            List.of(row));
    return rex.coalesce(SqlType.BOOL, List.of(test, rex.truth(false)));
  }

  private RexNode isNull(RexNode operand) {
    if (Rex.form(operand) instanceof Form.Parameter && Coercions.isUnknown(operand)) {
      // Any type will do; another use has to say which.
      return rex.isNull(operand);
    }
    return rex.isNull(binding.coercions().known(operand));
  }

  private RexNode distinctFrom(Expression.DistinctFrom e, Clause clause) {
    RexNode result;
    if (isRow(e.left()) && isRow(e.right())) {
      List<RexNode> left = bindAll(fields(e.left()), clause);
      List<RexNode> right = bindAll(fields(e.right()), clause);
      Operators.checkSameLength(left, right);
      List<RexNode> tests = new ArrayList<>();
      for (int i = 0; i < left.size(); i++) {
        tests.add(operators.distinct(left.get(i), right.get(i)));
      }
      result = rex.or(tests);
    } else {
      result = operators.distinct(bind(e.left(), clause), bind(e.right(), clause));
    }
    return negatedIf(e.negated(), result);
  }

  private RexNode between(Expression.Between e, Clause clause) {
    RexNode operand = bind(e.operand(), clause);
    RexNode low = bind(e.low(), clause);
    RexNode high = bind(e.high(), clause);
    RexNode inside = within(operand, low, high);
    if (e.symmetric()) {
      inside = rex.or(List.of(inside, within(operand, high, low)));
    }
    return negatedIf(e.negated(), inside);
  }

  private RexNode within(RexNode operand, RexNode low, RexNode high) {
    return rex.and(
        List.of(operators.binary(">=", operand, low), operators.binary("<=", operand, high)));
  }

  private RexNode inList(Expression.InList e, Clause clause) {
    String symbol = e.negated() ? "<>" : "=";
    if (isRow(e.operand())) {
      List<RexNode> left = bindAll(fields(e.operand()), clause);
      List<RexNode> tests = new ArrayList<>();
      for (SqlNode value : e.values()) {
        if (!isRow(value)) {
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED, "comparing a row with a value is not supported");
        }
        tests.add(operators.rows(symbol, left, bindAll(fields(value), clause)));
      }
      return e.negated() ? rex.and(tests) : rex.or(tests);
    }
    RexNode operand = bind(e.operand(), clause);
    return operators.inList(operand, bindAll(e.values(), clause), e.negated());
  }

  private RexNode quantifiedArray(Expression.QuantifiedArray e, Clause clause) {
    return operators.quantified(
        e.symbol(), e.all(), bind(e.left(), clause), bind(e.array(), clause));
  }

  private RexNode caseOf(Expression.Case e, Clause clause) {
    SqlNode operandNode = e.operand();
    RexNode operand =
        operandNode == null ? null : binding.coercions().known(bind(operandNode, clause));
    List<RexNode> conditions = new ArrayList<>();
    List<RexNode> results = new ArrayList<>();
    for (Expression.When when : e.branches()) {
      conditions.add(
          operand == null
              ? bindCondition(when.condition(), clause, "CASE/WHEN")
              : operators.binary("=", operand, bind(when.condition(), clause)));
      results.add(bind(when.result(), clause));
    }
    SqlNode otherwise = e.otherwise();
    RexNode last =
        otherwise == null ? rex.constant(null, SqlType.UNKNOWN) : bind(otherwise, clause);
    // PostgreSQL's order, which decides the wording of errors: ELSE first.
    List<RexNode> all = new ArrayList<>();
    all.add(last);
    all.addAll(results);
    List<RexNode> converted = binding.coercions().toCommonType(all, "CASE");
    SqlType type = Rex.type(converted.getFirst());
    List<RexNode> operands = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      operands.add(conditions.get(i));
      operands.add(converted.get(i + 1));
    }
    operands.add(converted.getFirst());
    return rex.make(new Form.Case(), type, operands);
  }

  private RexNode special(Expression.Special e, Clause clause) {
    List<RexNode> arguments = bindAll(e.arguments(), clause);
    return switch (e.form()) {
      case COALESCE -> {
        List<RexNode> converted = binding.coercions().toCommonType(arguments, "COALESCE");
        List<SqlType> types = converted.stream().map(Rex::type).distinct().toList();
        SqlType first = types.getFirst();
        yield rex.coalesce(types.size() == 1 ? first : first.withoutDomain(), converted);
      }
      case NULLIF -> operators.nullIf(arguments.get(0), arguments.get(1));
      case GREATEST ->
          operators.extreme(binding.coercions().toCommonType(arguments, "GREATEST"), ">=");
      case LEAST -> operators.extreme(binding.coercions().toCommonType(arguments, "LEAST"), "<=");
      case GROUPING -> placeholders.add(new Placeholders.Grouping(arguments));
    };
  }

  // ---- casts

  private RexNode cast(Expression.Cast e, Clause clause) {
    SqlType target =
        clause.isStored()
            ? TypeReferences.resolveStored(binding.context(), e.type())
            : TypeReferences.resolve(binding.context(), e.type());
    boolean isKept = clause.isStandalone() || binding.isWithoutPolicies();
    if (isKept && target.user().compositeType().filter(RowTypes::isRowType).isPresent()) {
      throw DefinitionBinder.unsupported(
          "a cast to the row type of a relation in a definition that is kept is");
    }
    if (e.operand() instanceof ExpressionNode node
        && node.value() instanceof Expression.ArrayElements elements
        && target.array()) {
      return binding
          .coercions()
          .coerce(
              array(elements, Optional.of(target.element()), clause), target, CastContext.EXPLICIT);
    }
    RexNode operand = bind(e.operand(), clause);
    try {
      return binding.coercions().coerce(operand, target, CastContext.EXPLICIT);
    } catch (QuiverException error) {
      // A bad literal is pointed at itself, an impossible cast at the operator.
      boolean bad = Coercions.isUnknown(operand) && error.position() == 0;
      throw bad ? error.at(Positions.of(e.operand())) : error;
    }
  }

  private RexNode collate(Expression.Collate e, Clause clause) {
    RexNode operand = binding.coercions().known(bind(e.operand(), clause));
    SqlType type = Rex.type(operand);
    if (type.array() || type.base().category() != 'S') {
      throw new QuiverException(
          SqlState.DATATYPE_MISMATCH, "collations are not supported by type %s", type.sqlName());
    }
    String name = e.collation().names.getLast();
    return switch (name) {
      case "default", "C", "POSIX", "ucs_basic" -> operand;
      default ->
          throw new QuiverException(
              SqlState.UNDEFINED_OBJECT,
              "collation \"%s\" for encoding \"UTF8\" does not exist",
              name);
    };
  }

  // ---- arrays

  private RexNode array(
      Expression.ArrayElements e, Optional<SqlType> wantedElement, Clause clause) {
    List<RexNode> elements = new ArrayList<>();
    boolean nested = false;
    for (SqlNode element : e.elements()) {
      if (element instanceof ExpressionNode node
          && node.value() instanceof Expression.ArrayElements inner) {
        elements.add(array(inner, wantedElement, clause));
        nested = true;
      } else {
        elements.add(bind(element, clause));
      }
    }
    if (elements.isEmpty()) {
      if (wantedElement.isEmpty()) {
        throw new QuiverException(
                SqlState.INDETERMINATE_DATATYPE, "cannot determine type of empty array")
            .withHint("Explicitly cast to the desired type, for example ARRAY[]::integer[].");
      }
      return rex.make(new Form.ArrayOf(), arrayOf(wantedElement.get()), List.of());
    }
    if (wantedElement.isPresent() && !nested) {
      List<RexNode> converted = new ArrayList<>();
      for (RexNode element : elements) {
        converted.add(
            Rex.type(element).array()
                ? element
                : binding.coercions().coerce(element, wantedElement.get(), CastContext.EXPLICIT));
      }
      return rex.make(new Form.ArrayOf(), arrayOf(wantedElement.get()), converted);
    }
    List<RexNode> converted = binding.coercions().toCommonType(elements, "ARRAY");
    SqlType element = Rex.type(converted.getFirst());
    return rex.make(new Form.ArrayOf(), element.array() ? element : arrayOf(element), converted);
  }

  static SqlType arrayOf(SqlType element) {
    return element.withoutDomain().withoutModifier().arrayOf();
  }

  private RexNode subscript(ExpressionNode node, Clause clause) {
    List<ExpressionNode> chain = new ArrayList<>();
    SqlNode base = node;
    while (base instanceof ExpressionNode current
        && (current.value() instanceof Expression.Subscript
            || current.value() instanceof Expression.Slice)) {
      chain.addFirst(current);
      base =
          current.value() instanceof Expression.Subscript(SqlNode operand, _)
              ? operand
              : ((Expression.Slice) current.value()).operand();
    }
    RexNode array = bind(base, clause);
    SqlType type = Rex.type(array);
    if (type.sameTypeAs(SqlType.of(BaseType.JSONB))) {
      return jsonSubscript(array, chain, clause);
    }
    SqlType element =
        switch (type.base()) {
          case INT2VECTOR -> SqlType.INT2;
          case OIDVECTOR -> SqlType.OID;
          default -> type.element();
        };
    if (type.sameTypeAs(SqlType.of(BaseType.NAME))
        && chain.size() == 1
        && chain.getFirst().value() instanceof Expression.Subscript(_, SqlNode index)) {
      return rex.call(
          binding.resolver().registry().function("quiver_name_char(name,int4)").orElseThrow(),
          "",
          SqlType.of(BaseType.CHAR),
          List.of(array, subscriptBound(index, clause)));
    }
    if (!type.array() && type.base().category() != 'A') {
      throw new QuiverException(
              SqlState.DATATYPE_MISMATCH,
              "cannot subscript type %s because it does not support subscripting",
              type.sqlName())
          .at(Positions.of(base));
    }
    List<Form.Bound> bounds = new ArrayList<>();
    List<RexNode> operands = new ArrayList<>();
    operands.add(array);
    boolean slice = false;
    for (ExpressionNode step : chain) {
      switch (step.value()) {
        case Expression.Subscript(_, SqlNode index) -> {
          bounds.add(Form.Bound.AT);
          operands.add(subscriptBound(index, clause));
        }
        case Expression.Slice(_, SqlNode lower, SqlNode upper) -> {
          slice = true;
          bounds.add(
              lower == null
                  ? upper == null ? Form.Bound.SLICE_ALL : Form.Bound.SLICE_TO
                  : upper == null ? Form.Bound.SLICE_FROM : Form.Bound.SLICE_FROM_TO);
          if (lower != null) {
            operands.add(subscriptBound(lower, clause));
          }
          if (upper != null) {
            operands.add(subscriptBound(upper, clause));
          }
        }
        default -> throw new IllegalStateException("not a subscript: " + step);
      }
    }
    return rex.make(new Form.Subscript(bounds), slice ? type : element, operands);
  }

  private RexNode subscriptBound(SqlNode node, Clause clause) {
    RexNode bound = bind(node, clause);
    return binding
        .coercions()
        .tryCoerce(bound, SqlType.INT4, CastContext.ASSIGNMENT)
        .orElseThrow(() ->
            new QuiverException(
                    SqlState.DATATYPE_MISMATCH, "array subscript must have type integer")
                .at(Positions.of(node)));
  }

  private RexNode jsonSubscript(RexNode json, List<ExpressionNode> chain, Clause clause) {
    RexNode value = json;
    for (ExpressionNode step : chain) {
      if (!(step.value() instanceof Expression.Subscript(_, SqlNode index))) {
        throw new QuiverException(
            SqlState.DATATYPE_MISMATCH, "jsonb subscript does not support slices");
      }
      value = operators.binary("->", value, bind(index, clause));
    }
    return value;
  }

  private RexNode field(Expression.Field e, Clause clause) {
    if (e.operand() instanceof ExpressionNode node
        && node.value() instanceof Expression.Function function
        && calls.hasColumns(function, clause)) {
      return calls.fieldOf(node, function, e.field(), clause);
    }
    if (e.operand() instanceof SqlIdentifier identifier && identifier.names.size() == 1) {
      Scope.@Nullable Found found = scope.namespace(null, identifier.getSimple());
      Scope.@Nullable Resolved column = found == null ? null : scope.columnOf(found, e.field());
      if (column != null) {
        return read(column).expression();
      }
    }
    if (e.operand() instanceof SqlIdentifier identifier && !identifier.isStar()) {
      Scope.Resolved column = resolve(identifier);
      for (int i = 0; i < column.fields().size(); i++) {
        if (column.fields().get(i).name().equals(e.field())) {
          return recordField(column, i);
        }
      }
      if (!column.fields().isEmpty()) {
        throw new QuiverException(
            SqlState.UNDEFINED_COLUMN,
            "could not identify column \"%s\" in record data type",
            e.field());
      }
    }
    RexNode operand = bind(e.operand(), clause);
    UserType.@Nullable OfComposite composite = compositeOf(operand);
    if (composite != null) {
      int index = composite.indexOf(e.field());
      if (index < 0) {
        throw new QuiverException(
                SqlState.UNDEFINED_COLUMN,
                "column \"%s\" not found in data type %s",
                e.field(),
                Rex.type(operand).sqlName())
            .at(Positions.of(e.operand()));
      }
      return fieldOf(operand, composite, index);
    }
    if (Rex.form(operand) instanceof Form.RowOf(List<String> names)) {
      List<RexNode> fields = ((RexCall) operand).getOperands();
      for (int i = 0; i < fields.size(); i++) {
        if (e.field().equals(names.isEmpty() ? "f" + (i + 1) : names.get(i))) {
          return fields.get(i);
        }
      }
    }
    if (Rex.type(operand).sameTypeAs(SqlType.of(BaseType.RECORD))) {
      throw new QuiverException(
              SqlState.UNDEFINED_COLUMN,
              "could not identify column \"%s\" in record data type",
              e.field())
          .at(Positions.of(e.operand()));
    }
    throw new QuiverException(
            SqlState.WRONG_OBJECT_TYPE,
            "column notation .%s applied to type %s, which is not a composite type",
            e.field(),
            Rex.type(operand).sqlName())
        .at(Positions.of(e.operand()));
  }

  private static UserType.@Nullable OfComposite compositeOf(RexNode operand) {
    SqlType type = Rex.type(operand);
    return type.array() ? null : type.user().compositeType().orElse(null);
  }

  /// A field of a composite value.
  RexNode fieldOf(RexNode operand, UserType.OfComposite composite, int index) {
    return fieldOf(binding, operand, composite, index);
  }

  static RexNode fieldOf(
      Binding binding, RexNode operand, UserType.OfComposite composite, int index) {
    if (Rex.form(operand) instanceof Form.RowOf) {
      return ((RexCall) operand).getOperands().get(index);
    }
    Rex rex = binding.rex();
    return rex.call(
        binding.resolver().registry().function("record_field(record,int4)").orElseThrow(),
        "",
        composite.fields().get(index).type(),
        List.of(operand, rex.constant((long) index, SqlType.INT4)));
  }

  /// `(operand).*` as one field after the other.
  List<Expression.Field> allFields(SqlNode operand, Clause clause) {
    List<String> names = new ArrayList<>();
    if (operand instanceof ExpressionNode node
        && node.value() instanceof Expression.Function function
        && calls.hasColumns(function, clause)) {
      calls.columnsOf(function, clause).forEach(column -> names.add(column.name()));
    } else if (operand instanceof SqlIdentifier identifier
        && identifier.names.size() == 1
        && scope.column(identifier.getSimple()) == null
        && scope.namespace(null, identifier.getSimple()) != null) {
      Scope.Found found =
          java.util.Objects.requireNonNull(scope.namespace(null, identifier.getSimple()));
      found.namespace().columns().stream()
          .filter(column -> !column.hidden())
          .forEach(column -> names.add(column.name()));
    } else {
      RexNode bound = bind(operand, clause);
      UserType.@Nullable OfComposite composite = compositeOf(bound);
      if (composite != null) {
        composite.fields().forEach(field -> names.add(field.name()));
      } else if (operand instanceof SqlIdentifier identifier) {
        resolve(identifier).fields().forEach(column -> names.add(column.name()));
      } else if (Rex.form(bound) instanceof Form.RowOf(List<String> given)) {
        int count = ((RexCall) bound).getOperands().size();
        for (int i = 0; i < count; i++) {
          names.add(given.isEmpty() ? "f" + (i + 1) : given.get(i));
        }
      }
    }
    if (names.isEmpty()) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "row expansion via \"*\" of a record whose columns are not known is not supported")
          .at(Positions.of(operand));
    }
    return names.stream().map(name -> new Expression.Field(operand, name)).toList();
  }

  private RexNode recordField(Scope.Resolved column, int index) {
    return rex.call(
        binding.resolver().registry().function("record_field(record,int4)").orElseThrow(),
        "",
        column.fields().get(index).type(),
        List.of(column.expression(), rex.constant((long) index, SqlType.INT4)));
  }

  /// The fields of the record a call gives, as far as they are known.
  List<OutputColumn> fieldsOf(RexNode node) {
    if (Rex.form(node) instanceof Form.Placeholder(var kind, int number)
        && kind == Form.Placeholder.Kind.SET_RETURNING) {
      Placeholders.SetCall call = placeholders.setCall(number);
      return call.field().isEmpty() ? call.columns() : List.of();
    }
    return List.of();
  }

  // ---- subqueries

  private BoundQuery bindQuery(Query query, Clause clause) {
    if (clause.isStandalone()) {
      throw new QuiverException(SqlState.FEATURE_NOT_SUPPORTED, "%s", clause.subqueryMessage());
    }
    BoundQuery bound = new QueryBinder(binding).bind(query, scope, commonTables, true);
    binding.trace().query(bound.rel(), query);
    binding.trace().scope(scope);
    return bound;
  }

  private RexNode exists(Query query, Clause clause) {
    RelNode rel = bindQuery(query, clause).rel();
    return placeholders.add(
        new Placeholders.Subquery(
            Placeholders.Use.EXISTS, rel, Placeholders.Comparison.NONE, false, Optional.empty()),
        SqlType.BOOL,
        List.of());
  }

  private RexNode scalarQuery(Query query, Clause clause) {
    BoundQuery bound = bindQuery(query, clause);
    requireOneColumn(bound);
    return placeholders.add(
        new Placeholders.Subquery(
            Placeholders.Use.SCALAR,
            bound.rel(),
            Placeholders.Comparison.NONE,
            false,
            Optional.empty()),
        bound.columns().getFirst().type(),
        List.of());
  }

  /// The columns of a query of at most one row.
  List<RexNode> rowQuery(Query query, Clause clause) {
    BoundQuery bound = bindQuery(query, clause);
    Placeholders.Subquery subquery =
        new Placeholders.Subquery(
            Placeholders.Use.SCALAR,
            bound.rel(),
            Placeholders.Comparison.NONE,
            false,
            Optional.empty());
    List<SqlType> types = bound.columns().stream().map(BoundQuery.OutputColumn::type).toList();
    return placeholders.addRow(subquery, types);
  }

  private static void requireOneColumn(BoundQuery bound) {
    if (bound.columns().size() != 1) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "subquery must return only one column");
    }
  }

  private RexNode arrayQuery(Query query, Clause clause) {
    BoundQuery bound = bindQuery(query, clause);
    requireOneColumn(bound);
    Placeholders.ArrayForm form = arrayForm(bound.columns().getFirst().type(), Optional.empty());
    return placeholders.add(
        new Placeholders.Subquery(
            Placeholders.Use.ARRAY,
            bound.rel(),
            Placeholders.Comparison.NONE,
            false,
            Optional.of(form)),
        form.arrayType(),
        List.of());
  }

  private Placeholders.ArrayForm arrayForm(
      SqlType element, Optional<quiver.common.function.FunctionSignature> comparison) {
    ResolvedFunction collect = binding.resolver().function("array_agg", List.of(element));
    return new Placeholders.ArrayForm(
        collect.function(), element.withoutModifier(), collect.result(), comparison);
  }

  private RexNode quantifiedQuery(
      SqlNode leftNode, String symbol, boolean all, Query query, Clause clause) {
    List<RexNode> left =
        isRow(leftNode) ? bindAll(fields(leftNode), clause) : List.of(bind(leftNode, clause));
    BoundQuery bound = bindQuery(query, clause);
    if (bound.columns().size() != left.size()) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR,
          bound.columns().size() < left.size()
              ? "subquery has too few columns"
              : "subquery has too many columns");
    }
    return operators.quantifiedQuery(symbol, all, left, bound, placeholders, this::arrayForm);
  }

  /// Where the first aggregate of an expression is in the text, 0 without one.
  int aggregatePosition(RexNode node) {
    return calls.positionOf(node, Form.Placeholder.Kind.AGGREGATE);
  }

  /// A call of a set-returning function in FROM; empty when the function is another one.
  Optional<Calls.Resolved> setFunction(Expression.Function e) {
    return calls.setFunction(e);
  }

  /// The columns of a function with OUT parameters.
  List<OutputColumn> outputColumns(ResolvedFunction function) {
    return binding.resolver().outputColumns(function);
  }
}
