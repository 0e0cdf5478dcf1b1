package quiver.planner.calcite;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.util.Optionality;
import org.jspecify.annotations.Nullable;
import quiver.common.function.FunctionSignature;

/// An aggregate function by its PostgreSQL signature. If `filtered`, the last argument is the
/// FILTER condition (Calcite's own filter wants a NOT NULL boolean).
public final class OpaqueAggregate extends SqlAggFunction {
  private final FunctionSignature function;
  private final boolean filtered;

  public OpaqueAggregate(FunctionSignature function, boolean filtered, RelDataType type) {
    super(
        function.key() + (filtered ? " FILTER" : ""),
        null,
        SqlKind.OTHER_FUNCTION,
        ReturnTypes.explicit(type),
        null,
        OperandTypes.VARIADIC,
        SqlFunctionCategory.USER_DEFINED_FUNCTION,
        false,
        false,
        Optionality.OPTIONAL);
    this.function = function;
    this.filtered = filtered;
  }

  public FunctionSignature function() {
    return function;
  }

  public boolean filtered() {
    return filtered;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpaqueAggregate aggregate
        && filtered == aggregate.filtered
        && function.equals(aggregate.function);
  }

  @Override
  public int hashCode() {
    return function.hashCode();
  }
}
