package quiver.planner.binder;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.node.Positions;

/// FOR SYSTEM_TIME AS OF: the moment at which the tables that are being bound are read. Used by one
/// thread.
final class History {
  private final Binding binding;
  private @Nullable RexNode moment;

  History(Binding binding) {
    this.binding = binding;
  }

  /// When stored tables are read; null: now.
  @Nullable RexNode moment() {
    return moment;
  }

  /// Binds something all of whose tables are read at a moment.
  ///
  /// @param asOf null: as everything around it
  <T> T during(@Nullable SqlNode asOf, Supplier<T> bound) {
    if (asOf == null) {
      return bound.get();
    }
    if (binding.trace().isOn()) {
      throw DefinitionBinder.unsupported("FOR SYSTEM_TIME in a view is").at(Positions.of(asOf));
    }
    RexNode before = moment;
    moment = bind(asOf);
    try {
      return bound.get();
    } finally {
      moment = before;
    }
  }

  /// @throws QuiverException `0A000` if the past is asked for
  void refuse(String what) {
    if (moment != null) {
      throw DefinitionBinder.unsupported("FOR SYSTEM_TIME " + what + " is");
    }
  }

  /// A time, or a number: a session token.
  private RexNode bind(SqlNode node) {
    Scope scope = new Scope(binding.newId(), null, List.of(), List.of(), binding.rex());
    Placeholders placeholders = new Placeholders(binding.rex());
    RexNode value =
        new ExpressionBinder(binding, scope, CommonTables.NONE, placeholders, Map.of())
            .bind(node, Clause.SYSTEM_TIME);
    if (placeholders.hasSubqueries()) {
      throw DefinitionBinder.unsupported("a subquery in FOR SYSTEM_TIME is").at(Positions.of(node));
    }
    SqlType type = Rex.type(value);
    boolean isNumber =
        !type.array()
            && (type.base() == BaseType.INT8
                || type.base() == BaseType.INT4
                || type.base() == BaseType.INT2);
    SqlType wanted = isNumber ? SqlType.INT8 : SqlType.TIMESTAMPTZ;
    return binding
        .coercions()
        .tryCoerce(value, wanted, CastContext.IMPLICIT)
        .orElseThrow(() ->
            new QuiverException(
                    SqlState.DATATYPE_MISMATCH,
                    "argument of FOR SYSTEM_TIME must be type %s, not type %s",
                    wanted.sqlName(),
                    type.sqlName())
                .at(Positions.of(node)));
  }
}
