package quiver.planner.physical;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.TableDefinition;
import quiver.common.expression.Expression;
import quiver.common.plan.HiddenColumns;
import quiver.common.plan.PlanNode;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ScanRel;

/// Scans of stored tables: only the columns that are read, the filter inside, a primary key lookup
/// where the filter fixes the key.
final class ScanConverter {
  private final Expressions expressions;

  ScanConverter(Expressions expressions) {
    this.expressions = expressions;
  }

  /// What a scan emits.
  ///
  /// @param ordinals columns of the table
  /// @param columns where the relation's columns are, the address included
  record Shape(List<Integer> ordinals, List<SqlType> types, boolean address, ColumnMap columns) {
    int width() {
      return ordinals.size() + (address ? 1 : 0);
    }
  }

  Shape shape(ScanRel scan, ImmutableBitSet needed) {
    TableDefinition table = scan.table();
    int columnCount = table.columns().size();
    ColumnMap columns = ColumnMap.empty(scan.getRowType().getFieldCount());
    List<Integer> ordinals = new ArrayList<>();
    List<SqlType> types = new ArrayList<>();
    boolean address = false;
    for (int column : needed) {
      if (column < columnCount) {
        columns.put(column, ordinals.size());
        ordinals.add(column);
        types.add(table.columns().get(column).type());
      } else if (column >= scan.hiddenAt()) {
        int hidden = HiddenColumns.ordinals().get(column - scan.hiddenAt());
        columns.put(column, ordinals.size());
        ordinals.add(hidden);
        types.add(HiddenColumns.type(hidden));
      } else {
        address = true;
      }
    }
    if (address) {
      // Behind all others.
      columns.put(columnCount, ordinals.size());
    }
    return new Shape(ordinals, types, address, columns);
  }

  /// @param conjuncts over the relation's columns, all computable next to the rows
  Step scan(ScanRel scan, List<RexNode> conjuncts, ImmutableBitSet required) {
    TableDefinition table = scan.table();
    List<RexNode> rest = new ArrayList<>(conjuncts);
    List<Expression> key = keyEquals(table, rest);
    Shape shape = shape(scan, required.union(PlanConverter.columnsOf(rest)));
    Optional<Expression> filter = filter(rest, shape.columns());
    IndexSelection indexes = new IndexSelection(table, shape.ordinals());
    if (indexes.dependsOnValues(filter)) {
      expressions.noteLiterals();
    }
    PlanNode plan =
        new PlanNode.TableScan(
            table.id(),
            table.version(),
            shape.ordinals(),
            shape.types(),
            shape.address(),
            filter,
            key,
            key.isEmpty() ? indexes.choose(filter) : Optional.empty(),
            Optional.empty(),
            asOf(scan),
            scan.alias());
    return new Step(plan, shape.columns(), true);
  }

  /// When the table is read.
  Optional<Expression> asOf(ScanRel scan) {
    return Optional.ofNullable(scan.asOf()).map(expressions::convert);
  }

  Optional<Expression> filter(List<RexNode> conjuncts, ColumnMap columns) {
    if (conjuncts.isEmpty()) {
      return Optional.empty();
    }
    List<Expression> terms = expressions.convertAll(conjuncts, columns);
    return Optional.of(terms.size() == 1 ? terms.getFirst() : new Expression.And(terms));
  }

  /// The values the conjuncts demand of the primary key; the conjuncts used are removed. Empty when
  /// some key column is free.
  private List<Expression> keyEquals(TableDefinition table, List<RexNode> conjuncts) {
    List<Integer> keys = table.keyOrdinals();
    if (keys.isEmpty() || conjuncts.isEmpty() || !table.isKeyUniqueAtOnce()) {
      return List.of();
    }
    Map<Integer, Expression> values = new HashMap<>();
    List<RexNode> used = new ArrayList<>();
    for (RexNode conjunct : conjuncts) {
      for (int ordinal : keys) {
        @Nullable Expression value =
            values.containsKey(ordinal)
                ? null
                : equalTo(conjunct, ordinal, table.columns().get(ordinal).type());
        if (value != null) {
          values.put(ordinal, value);
          used.add(conjunct);
        }
      }
    }
    if (values.size() < keys.size()) {
      return List.of();
    }
    conjuncts.removeAll(used);
    return keys.stream().map(values::get).toList();
  }

  /// The value of `column = value` as the column's type; null when the conjunct is something else.
  private @Nullable Expression equalTo(RexNode conjunct, int ordinal, SqlType type) {
    if (conjunct.getKind() != SqlKind.EQUALS || !(conjunct instanceof RexCall call)) {
      return null;
    }
    RexNode left = call.getOperands().get(0);
    RexNode right = call.getOperands().get(1);
    if (isColumn(left, ordinal) && PlanConverter.columnsOf(right).isEmpty()) {
      return asKey(right, type);
    }
    if (isColumn(right, ordinal) && PlanConverter.columnsOf(left).isEmpty()) {
      return asKey(left, type);
    }
    return null;
  }

  private static boolean isColumn(RexNode node, int ordinal) {
    RexNode core = node;
    if (Rex.form(node) instanceof Form.Cast) {
      RexNode operand = ((RexCall) node).getOperands().getFirst();
      core = isSameText(Rex.type(operand), Rex.type(node)) ? operand : node;
    }
    return core instanceof RexInputRef reference && reference.getIndex() == ordinal;
  }

  // varchar compares as text.
  private static boolean isSameText(SqlType source, SqlType target) {
    return source.base() == BaseType.VARCHAR
        && target.base() == BaseType.TEXT
        && !source.array()
        && !target.array();
  }

  private @Nullable Expression asKey(RexNode value, SqlType column) {
    SqlType type = Rex.type(value);
    SqlType plain = column.withoutModifier();
    Expression converted = expressions.convert(value);
    if (type.sameTypeAs(plain)) {
      return converted;
    }
    boolean widened =
        !type.array()
            && switch (plain.base()) {
              case INT8 -> type.base() == BaseType.INT4 || type.base() == BaseType.INT2;
              case INT4 -> type.base() == BaseType.INT2;
              case VARCHAR -> type.base() == BaseType.TEXT;
              default -> false;
            };
    if (widened) {
      return ConstantCasts.fold(converted, plain)
          .orElseGet(() -> new Expression.Cast(converted, plain, CastContext.IMPLICIT));
    }
    boolean narrowed =
        converted instanceof Expression.Constant(Object number, _)
            && number instanceof Long integer
            && ((plain.base() == BaseType.INT4 && integer == integer.intValue())
                || (plain.base() == BaseType.INT2 && integer == integer.shortValue()));
    return narrowed
        ? new Expression.Constant(((Expression.Constant) converted).value(), plain)
        : null;
  }
}
