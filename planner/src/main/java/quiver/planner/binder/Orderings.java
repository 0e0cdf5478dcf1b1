package quiver.planner.binder;

import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// Which types can be sorted.
final class Orderings {
  private Orderings() {}

  /// @throws QuiverException `42883` for a type without an order
  static void require(Binding binding, SqlType type, int position) {
    boolean ordered =
        type.array()
            || type.base() == BaseType.RECORD
            || binding
                .resolver()
                .registry()
                .operator("<", Optional.of(type.withoutDomain()), type.withoutDomain())
                .isPresent()
            || binding
                .resolver()
                .coercion(type, SqlType.TEXT, quiver.common.type.CastContext.IMPLICIT)
                .isPresent()
            || type.base() == BaseType.ENUM
            || type.base().category() == 'N'
            || type.base().category() == 'A'
            || type.base().category() == 'R'
            || type.base() == BaseType.VARBIT;
    if (!ordered) {
      throw new QuiverException(
              SqlState.UNDEFINED_FUNCTION,
              "could not identify an ordering operator for type %s",
              type.sqlName())
          .withHint("Use an explicit ordering operator or modify the query.")
          .at(position);
    }
  }
}
