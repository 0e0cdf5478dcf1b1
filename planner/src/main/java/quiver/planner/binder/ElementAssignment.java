package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.CompositeField;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.Positions;

/// `column[…] = value`, `column.field = value`: the column with one element, slice or field
/// changed.
final class ElementAssignment {
  private final Binding binding;
  private final ExpressionBinder expressions;
  private final Clause clause;

  ElementAssignment(Binding binding, ExpressionBinder expressions, Clause clause) {
    this.binding = binding;
    this.expressions = expressions;
    this.clause = clause;
  }

  /// The name under any number of subscripts, or before that of a field.
  static SqlNode base(SqlNode target) {
    if (isField(target)) {
      return new SqlIdentifier(
          ((SqlIdentifier) target).names.getFirst(), target.getParserPosition());
    }
    SqlNode node = target;
    while (node instanceof ExpressionNode expression) {
      switch (expression.value()) {
        case Expression.Subscript(SqlNode operand, _) -> node = operand;
        case Expression.Slice slice -> node = slice.operand();
        default -> {
          return node;
        }
      }
    }
    return node;
  }

  private static boolean isField(SqlNode target) {
    return target instanceof SqlIdentifier identifier && identifier.names.size() > 1;
  }

  static boolean isElement(SqlNode target) {
    return isField(target) || isSubscript(target);
  }

  private static boolean isSubscript(SqlNode target) {
    return target instanceof ExpressionNode expression
        && (expression.value() instanceof Expression.Subscript
            || expression.value() instanceof Expression.Slice);
  }

  /// @param before the column's value so far
  /// @param value not converted yet
  RexNode changed(ColumnDefinition column, RexNode before, SqlNode target, RexNode value) {
    if (target instanceof SqlIdentifier identifier) {
      List<String> names = identifier.names;
      return withField(column, before, names.subList(1, names.size()), value, target);
    }
    List<Expression> chain = new ArrayList<>();
    SqlNode node = target;
    while (isSubscript(node)) {
      Expression step = ((ExpressionNode) node).value();
      chain.addFirst(step);
      node =
          step instanceof Expression.Subscript(SqlNode operand, _)
              ? operand
              : ((Expression.Slice) step).operand();
    }
    SqlType type = column.type().withoutModifier();
    if (type.sameTypeAs(SqlType.of(BaseType.JSONB))) {
      return jsonb(column, before, chain, value, target);
    }
    if (!type.array()) {
      throw new QuiverException(
              SqlState.DATATYPE_MISMATCH,
              "cannot subscript type %s because it does not support subscripting",
              type.sqlName())
          .at(Positions.of(target));
    }
    boolean slice = chain.stream().anyMatch(Expression.Slice.class::isInstance);
    List<RexNode> lower = new ArrayList<>();
    List<RexNode> upper = new ArrayList<>();
    for (Expression step : chain) {
      switch (step) {
        case Expression.Subscript(_, SqlNode index) -> {
          lower.add(slice ? one() : bound(index));
          upper.add(bound(index));
        }
        case Expression.Slice(_, SqlNode from, SqlNode to) -> {
          lower.add(from == null ? open() : bound(from));
          upper.add(to == null ? open() : bound(to));
        }
        default -> throw new IllegalStateException("not a subscript");
      }
    }
    SqlType wanted = slice ? type : type.element();
    RexNode converted = converted(column, value, wanted, target);
    return slice
        ? call(
            "array_set_slice(anyarray,_int4,_int4,anyarray)",
            type,
            List.of(before, array(lower), array(upper), converted))
        : call(
            "array_set_element(anyarray,_int4,anyelement)",
            type,
            List.of(before, array(upper), converted));
  }

  /// A composite value with one field, or a field of one, changed; NULL has only that one then.
  private RexNode withField(
      ColumnDefinition column, RexNode before, List<String> path, RexNode value, SqlNode target) {
    String name = path.getFirst();
    SqlType type = Rex.type(before);
    UserType.OfComposite composite =
        (type.array() ? Optional.<UserType.OfComposite>empty() : type.user().compositeType())
            .orElseThrow(() ->
                new QuiverException(
                        SqlState.DATATYPE_MISMATCH,
                        "cannot assign to field \"%s\" of column \"%s\" because its type %s is not"
                            + " a composite type",
                        name,
                        column.name(),
                        type.sqlName())
                    .at(Positions.of(target)));
    int index = composite.indexOf(name);
    if (index < 0) {
      throw new QuiverException(
              SqlState.UNDEFINED_COLUMN,
              "cannot assign to field \"%s\" of column \"%s\" because there is no such column in"
                  + " data type %s",
              name,
              column.name(),
              type.sqlName())
          .at(Positions.of(target));
    }
    List<RexNode> fields = new ArrayList<>();
    for (int i = 0; i < composite.fields().size(); i++) {
      fields.add(expressions.fieldOf(before, composite, i));
    }
    fields.set(
        index,
        path.size() > 1
            ? withField(column, fields.get(index), path.subList(1, path.size()), value, target)
            : field(name, value, composite.fields().get(index).type(), target));
    List<String> names = composite.fields().stream().map(CompositeField::name).toList();
    return binding.rex().make(new Form.RowOf(names), type, fields);
  }

  private RexNode field(String name, RexNode value, SqlType wanted, SqlNode target) {
    return binding
        .coercions()
        .tryCoerce(value, wanted, CastContext.ASSIGNMENT)
        .orElseThrow(() ->
            new QuiverException(
                    SqlState.DATATYPE_MISMATCH,
                    "subfield \"%s\" is of type %s but expression is of type %s",
                    name,
                    wanted.sqlName(),
                    Rex.type(value).sqlName())
                .withHint("You will need to rewrite or cast the expression.")
                .at(Positions.of(target)));
  }

  private RexNode jsonb(
      ColumnDefinition column,
      RexNode before,
      List<Expression> chain,
      RexNode value,
      SqlNode target) {
    List<RexNode> path = new ArrayList<>();
    for (Expression step : chain) {
      if (!(step instanceof Expression.Subscript(_, SqlNode index))) {
        throw new QuiverException(
                SqlState.DATATYPE_MISMATCH, "jsonb subscript does not support slices")
            .at(Positions.of(target));
      }
      RexNode key = expressions.bind(index, clause);
      path.add(binding.coercions().coerce(key, SqlType.TEXT, CastContext.ASSIGNMENT));
    }
    SqlType type = SqlType.of(BaseType.JSONB);
    RexNode converted = converted(column, value, type, target);
    return call(
        "jsonb_set_subscript(jsonb,_text,jsonb)",
        type,
        List.of(
            before,
            binding.rex().make(new Form.ArrayOf(), SqlType.arrayOf(BaseType.TEXT), path),
            converted));
  }

  private RexNode converted(
      ColumnDefinition column, RexNode value, SqlType wanted, SqlNode target) {
    return binding
        .coercions()
        .tryCoerce(value, wanted, CastContext.ASSIGNMENT)
        .orElseThrow(() ->
            new QuiverException(
                    SqlState.DATATYPE_MISMATCH,
                    "subscripted assignment to \"%s\" requires type %s but expression is of type"
                        + " %s",
                    column.name(),
                    wanted.sqlName(),
                    Rex.type(value).sqlName())
                .withHint("You will need to rewrite or cast the expression.")
                .at(Positions.of(target)));
  }

  private RexNode bound(SqlNode node) {
    RexNode bound = expressions.bind(node, clause);
    return binding
        .coercions()
        .tryCoerce(bound, SqlType.INT4, CastContext.ASSIGNMENT)
        .orElseThrow(() ->
            new QuiverException(
                    SqlState.DATATYPE_MISMATCH, "array subscript must have type integer")
                .at(Positions.of(node)));
  }

  private RexNode one() {
    return binding.rex().constant(1L, SqlType.INT4);
  }

  private RexNode open() {
    return binding.rex().constant(null, SqlType.INT4);
  }

  private RexNode array(List<RexNode> bounds) {
    return binding.rex().make(new Form.ArrayOf(), SqlType.arrayOf(BaseType.INT4), bounds);
  }

  private RexNode call(String key, SqlType type, List<RexNode> arguments) {
    return binding
        .rex()
        .call(binding.resolver().registry().function(key).orElseThrow(), "", type, arguments);
  }

  /// What a row that does not exist yet has in the column.
  static RexNode nothing(Binding binding, ColumnDefinition column, @Nullable RexNode soFar) {
    return soFar == null ? binding.rex().constant(null, column.type().withoutModifier()) : soFar;
  }
}
