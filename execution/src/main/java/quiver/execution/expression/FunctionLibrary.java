package quiver.execution.expression;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.function.FunctionSignature;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.execution.aggregate.JsonConversion;
import quiver.execution.function.ColumnKernel;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.ScalarFunction;
import quiver.execution.function.SetFunction;

/// Where compiled expressions find implementations. Safe for every thread.
public interface FunctionLibrary {
  /// The implementation of a scalar function for one call.
  ///
  /// @param argumentTypes actual types of the arguments
  /// @param resultType actual type of the result
  /// @throws quiver.common.error.QuiverException `0A000` naming the function if there is none
  ScalarFunction scalar(
      FunctionSignature function, List<SqlType> argumentTypes, SqlType resultType);

  /// The implementation of a function that is not polymorphic.
  default ScalarFunction scalar(FunctionSignature function) {
    return scalar(function, function.arguments(), function.result());
  }

  /// A faster implementation over whole columns, if there is one.
  Optional<ColumnKernel> kernel(FunctionSignature function);

  /// The implementation of a set-returning function for one call.
  ///
  /// @throws quiver.common.error.QuiverException `0A000` naming the function if there is none
  SetFunction setReturning(
      FunctionSignature function, List<SqlType> argumentTypes, SqlType resultType);

  /// The conversion of a cast.
  ///
  /// @throws quiver.common.error.QuiverException `42846` if there is none
  Conversion conversion(SqlType from, SqlType to, CastContext context);

  /// How datums become JSON in a session.
  JsonConversion json(FunctionContext context);

  /// Converts one datum that is not NULL.
  @FunctionalInterface
  interface Conversion {
    @Nullable Object convert(FunctionContext context, Object datum);
  }
}
