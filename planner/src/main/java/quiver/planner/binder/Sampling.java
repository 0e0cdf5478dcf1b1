package quiver.planner.binder;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.Positions;

/// TABLESAMPLE: a filter on a hash of each row's address, or of the block it is in, and a seed.
final class Sampling {
  private final Binding binding;
  private final @Nullable Scope parent;
  private final CommonTables commonTables;

  Sampling(Binding binding, @Nullable Scope parent, CommonTables commonTables) {
    this.binding = binding;
    this.parent = parent;
    this.commonTables = commonTables;
  }

  /// @param rel a scan
  /// @param address of its rows
  RelNode sampled(RelNode rel, RexNode address, FromItem.Sample sample) {
    String method = sample.method().names.getLast().toLowerCase(Locale.ROOT);
    boolean blocks = method.equals("system");
    if (!blocks && !method.equals("bernoulli")) {
      throw new QuiverException(
              SqlState.UNDEFINED_OBJECT,
              "tablesample method %s does not exist",
              sample.method().names.getLast())
          .at(Positions.of(sample.method()));
    }
    if (sample.arguments().size() != 1) {
      throw new QuiverException(
              SqlState.INVALID_TABLESAMPLE_ARGUMENT,
              "tablesample method %s requires 1 argument, not %d",
              method,
              sample.arguments().size())
          .at(Positions.of(sample.method()));
    }
    SqlNode seedNode = sample.seed();
    RexNode seed =
        seedNode == null
            ? function(
                "date_part(text,timestamptz)",
                SqlType.FLOAT8,
                List.of(
                    binding.rex().constant("epoch", SqlType.TEXT),
                    function("statement_timestamp()", SqlType.TIMESTAMPTZ, List.of())))
            : number(seedNode);
    return binding.filter(
        rel,
        function(
            "sample_row(int8,float8,float8,bool)",
            SqlType.BOOL,
            List.of(
                address,
                seed,
                number(sample.arguments().getFirst()),
                binding.rex().truth(blocks))));
  }

  private RexNode number(SqlNode node) {
    Scope scope = new Scope(binding.newId(), parent, List.of(), List.of(), binding.rex());
    Placeholders placeholders = new Placeholders(binding.rex());
    RexNode value =
        new ExpressionBinder(binding, scope, commonTables, placeholders, Map.of())
            .bind(node, Clause.FROM_FUNCTION);
    if (placeholders.hasSubqueries()) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED, "subqueries in TABLESAMPLE are not supported")
          .at(Positions.of(node));
    }
    return binding.coercions().coerce(value, SqlType.FLOAT8, CastContext.ASSIGNMENT);
  }

  private RexNode function(String key, SqlType type, List<RexNode> arguments) {
    return binding
        .rex()
        .call(binding.resolver().registry().function(key).orElseThrow(), "", type, arguments);
  }
}
