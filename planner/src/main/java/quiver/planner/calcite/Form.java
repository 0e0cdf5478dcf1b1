package quiver.planner.calcite;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.function.FunctionSignature;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;

/// What an [OpaqueOperator] means: the expressions Calcite is not to look into. AND, OR, NOT, IS
/// NULL and column references are Calcite's own.
public sealed interface Form {
  /// A constant; no operands. A string without type yet has type `unknown`.
  record Constant(@Nullable Object value, SqlType type) implements Form {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Constant(Object otherValue, SqlType otherType)
          && type.equals(otherType)
          && ((value instanceof float[] floats && otherValue instanceof float[] otherFloats)
              ? Arrays.equals(floats, otherFloats)
              : Objects.equals(value, otherValue));
    }

    @Override
    public int hashCode() {
      int hash =
          value instanceof float[] floats ? Arrays.hashCode(floats) : Objects.hashCode(value);
      return hash * 31 + type.hashCode();
    }
  }

  /// A statement parameter, counted from 0; no operands.
  record Parameter(int index) implements Form {}

  /// A column of an enclosing query's row; no operands.
  ///
  /// @param scope the scope whose row it is while binding, later the id of the [ApplyRel]
  record Outer(int scope, int index) implements Form {}

  /// A function or operator call. Of kind SET_RETURNING only as an item of [ProjectSetRel] or
  /// [FunctionScanRel].
  ///
  /// @param symbol the operator it was written as, empty for a function call
  record Call(FunctionSignature function, String symbol) implements Form {}

  /// `f(…, VARIADIC array)`: the last operand is the array.
  record VariadicCall(FunctionSignature function) implements Form {}

  /// `operand IS DISTINCT FROM operand`.
  record IsDistinct(FunctionSignature equality) implements Form {}

  /// Operands: condition, result, …, otherwise.
  record Case() implements Form {}

  record Coalesce() implements Form {}

  /// One operand; the target is the call's type.
  record Cast(CastContext context) implements Form {}

  /// Operands: left, array.
  record AnyAll(FunctionSignature comparison, boolean all) implements Form {}

  record ArrayOf() implements Form {}

  /// Operands: the array, then the bounds present, in order.
  record Subscript(List<Bound> bounds) implements Form {
    public Subscript {
      bounds = List.copyOf(bounds);
    }
  }

  /// Which bounds of a subscript are present.
  enum Bound {
    AT,
    SLICE_ALL,
    SLICE_FROM,
    SLICE_TO,
    SLICE_FROM_TO
  }

  /// @param names of the fields; empty for ROW(…)
  record RowOf(List<String> names) implements Form {
    public RowOf {
      names = List.copyOf(names);
    }
  }

  /// Something the binder replaces before the expression becomes part of a relation: an aggregate,
  /// window call, set-returning call or subquery, by its number in the statement.
  record Placeholder(Kind kind, int number) implements Form {
    /// What is held.
    public enum Kind {
      AGGREGATE,
      GROUPING,
      WINDOW,
      SET_RETURNING,
      SUBQUERY
    }
  }
}
