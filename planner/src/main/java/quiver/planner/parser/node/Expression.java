package quiver.planner.parser.node;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// The expressions that are more than a name, a literal or a parameter. Fields called `position`
/// are the 1-based character where PostgreSQL reports an error of that operator (see [Positions]).
public sealed interface Expression {
  /// AND, OR and NOT.
  enum Connective {
    AND,
    OR,
    NOT
  }

  /// The right side of IS.
  enum Truth {
    NULL,
    TRUE,
    FALSE,
    UNKNOWN
  }

  /// Calls whose type rules are their own and that no function can replace.
  enum SpecialForm {
    COALESCE,
    GREATEST,
    LEAST,
    NULLIF,
    GROUPING
  }

  /// Functions that are written without parentheses.
  enum ValueKeyword {
    CURRENT_DATE,
    CURRENT_TIME,
    CURRENT_TIMESTAMP,
    LOCALTIME,
    LOCALTIMESTAMP,
    CURRENT_ROLE,
    CURRENT_USER,
    USER,
    SESSION_USER,
    CURRENT_CATALOG,
    CURRENT_SCHEMA
  }

  /// An operator by its symbol. LIKE, ILIKE and SIMILAR TO arrive as `~~`, `~~*`, `~` and their
  /// negations `!~~`, `!~~*`, `!~`, with ESCAPE as a call of `pg_catalog.like_escape` or
  /// `pg_catalog.similar_to_escape`; `!=` arrives as `<>`.
  ///
  /// @param schema of `OPERATOR(schema.symbol)`, else null
  /// @param left null for a prefix operator
  record Operator(
      @Nullable String schema, String symbol, @Nullable SqlNode left, SqlNode right, int position)
      implements Expression {}

  /// AND and OR with two or more operands (a chain is one node), NOT with one.
  record Logical(Connective connective, List<SqlNode> operands) implements Expression {
    public Logical {
      operands = List.copyOf(operands);
    }
  }

  /// `operand IS [NOT] NULL | TRUE | FALSE | UNKNOWN`.
  record Is(SqlNode operand, Truth truth, boolean negated) implements Expression {}

  /// `left IS [NOT] DISTINCT FROM right`; negated is the form with NOT.
  record DistinctFrom(SqlNode left, SqlNode right, boolean negated, int position)
      implements Expression {}

  /// `operand [NOT] BETWEEN [SYMMETRIC] low AND high`.
  record Between(
      SqlNode operand, SqlNode low, SqlNode high, boolean symmetric, boolean negated, int position)
      implements Expression {}

  /// `operand [NOT] IN (values)`.
  record InList(SqlNode operand, List<SqlNode> values, boolean negated, int position)
      implements Expression {
    public InList {
      values = List.copyOf(values);
    }
  }

  /// `operand [NOT] IN (query)`.
  record InQuery(SqlNode operand, Query query, boolean negated, int position)
      implements Expression {}

  /// `left symbol ANY (array)`, with ALL if `all`.
  record QuantifiedArray(
      @Nullable String schema,
      String symbol,
      SqlNode left,
      boolean all,
      SqlNode array,
      int position)
      implements Expression {}

  /// `left symbol ANY (query)`, with ALL if `all`.
  record QuantifiedQuery(
      @Nullable String schema, String symbol, SqlNode left, boolean all, Query query, int position)
      implements Expression {}

  /// `EXISTS (query)`.
  record Exists(Query query) implements Expression {}

  /// `(query)` as a value.
  record ScalarQuery(Query query) implements Expression {}

  /// `ARRAY(query)`.
  record ArrayQuery(Query query) implements Expression {}

  /// `ARRAY[elements]`; nested brackets arrive as nested nodes.
  record ArrayElements(List<SqlNode> elements) implements Expression {
    public ArrayElements {
      elements = List.copyOf(elements);
    }
  }

  /// `ROW(fields)` or `(a, b)`.
  record Row(List<SqlNode> fields) implements Expression {
    public Row {
      fields = List.copyOf(fields);
    }
  }

  /// One WHEN of a CASE.
  record When(SqlNode condition, SqlNode result) {}

  /// CASE; `operand` is null in the searched form, `otherwise` is null without ELSE.
  record Case(@Nullable SqlNode operand, List<When> branches, @Nullable SqlNode otherwise)
      implements Expression {
    public Case {
      branches = List.copyOf(branches);
    }
  }

  /// One argument of a call, with its name in `name => value`.
  record Argument(@Nullable String name, SqlNode value) {}

  /// A call of a function, aggregate or window function. The special syntaxes of EXTRACT, OVERLAY,
  /// POSITION, SUBSTRING, TRIM, NORMALIZE and AT TIME ZONE arrive as PostgreSQL's own functions:
  /// `pg_catalog.extract(text, x)`, `overlay`, `position(string, substring)`, `substring`, `btrim |
  /// ltrim | rtrim`, `normalize`, `timezone(zone, x)`.
  ///
  /// @param star `f(*)`
  /// @param variadic the last argument is marked VARIADIC
  /// @param orderBy inside the parentheses, or of WITHIN GROUP
  /// @param over null unless it is a window function call
  record Function(
      SqlIdentifier name,
      List<Argument> arguments,
      boolean star,
      boolean distinct,
      boolean variadic,
      List<OrderItem> orderBy,
      boolean withinGroup,
      @Nullable SqlNode filter,
      @Nullable Over over)
      implements Expression {
    public Function {
      arguments = List.copyOf(arguments);
      orderBy = List.copyOf(orderBy);
    }
  }

  /// COALESCE, GREATEST, LEAST, NULLIF, GROUPING.
  record Special(SpecialForm form, List<SqlNode> arguments) implements Expression {
    public Special {
      arguments = List.copyOf(arguments);
    }
  }

  /// CURRENT_DATE and its family; `precision` is null where none is written.
  record Keyword(ValueKeyword keyword, @Nullable Integer precision) implements Expression {}

  /// `operand::type`, `CAST(operand AS type)` or `type 'literal'`.
  record Cast(SqlNode operand, TypeName type, int position) implements Expression {}

  /// `operand COLLATE collation`.
  record Collate(SqlNode operand, SqlIdentifier collation, int position) implements Expression {}

  /// `operand[index]`.
  record Subscript(SqlNode operand, SqlNode index) implements Expression {}

  /// `operand[lower:upper]`; a missing bound is null.
  record Slice(SqlNode operand, @Nullable SqlNode lower, @Nullable SqlNode upper)
      implements Expression {}

  /// `(operand).field`.
  record Field(SqlNode operand, String field) implements Expression {}

  /// `(operand).*`.
  record AllFields(SqlNode operand) implements Expression {}

  /// DEFAULT in VALUES or on the right of SET.
  record Default() implements Expression {}

  /// `WHERE CURRENT OF cursor`.
  record CurrentOf(String cursor) implements Expression {}

  /// The direct sub-expressions in the order they are written; sub-queries are not entered.
  default List<SqlNode> children() {
    return switch (this) {
      case Operator e -> e.left() == null ? List.of(e.right()) : List.of(e.left(), e.right());
      case Logical e -> e.operands();
      case Is e -> List.of(e.operand());
      case DistinctFrom e -> List.of(e.left(), e.right());
      case Between e -> List.of(e.operand(), e.low(), e.high());
      case InList e -> concat(e.operand(), e.values());
      case InQuery e -> List.of(e.operand());
      case QuantifiedArray e -> List.of(e.left(), e.array());
      case QuantifiedQuery e -> List.of(e.left());
      case Exists _, ScalarQuery _, ArrayQuery _, Keyword _, Default _, CurrentOf _ -> List.of();
      case ArrayElements e -> e.elements();
      case Row e -> e.fields();
      case Case e -> caseChildren(e);
      case Function e -> functionChildren(e);
      case Special e -> e.arguments();
      case Cast e -> List.of(e.operand());
      case Collate e -> List.of(e.operand());
      case Subscript e -> List.of(e.operand(), e.index());
      case Slice e -> present(e.operand(), e.lower(), e.upper());
      case Field e -> List.of(e.operand());
      case AllFields e -> List.of(e.operand());
    };
  }

  private static List<SqlNode> concat(SqlNode first, List<SqlNode> rest) {
    List<SqlNode> all = new ArrayList<>(rest.size() + 1);
    all.add(first);
    all.addAll(rest);
    return all;
  }

  private static List<SqlNode> present(@Nullable SqlNode... nodes) {
    List<SqlNode> present = new ArrayList<>(nodes.length);
    for (SqlNode node : nodes) {
      if (node != null) {
        present.add(node);
      }
    }
    return present;
  }

  private static List<SqlNode> caseChildren(Case e) {
    List<SqlNode> all = new ArrayList<>(present(e.operand()));
    for (When when : e.branches()) {
      all.add(when.condition());
      all.add(when.result());
    }
    all.addAll(present(e.otherwise()));
    return all;
  }

  private static List<SqlNode> functionChildren(Function e) {
    List<SqlNode> all = new ArrayList<>();
    for (Argument argument : e.arguments()) {
      all.add(argument.value());
    }
    for (OrderItem item : e.orderBy()) {
      all.add(item.expression());
    }
    all.addAll(present(e.filter()));
    if (e.over() instanceof Over.Inline(WindowSpecification window)) {
      all.addAll(window.partitionBy());
      for (OrderItem item : window.orderBy()) {
        all.add(item.expression());
      }
    }
    return all;
  }
}
