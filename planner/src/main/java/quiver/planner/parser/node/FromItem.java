package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// One item of FROM, USING or a join.
public sealed interface FromItem {
  /// `AS name (columns)`; for a function without a known row type `definitions` holds its columns
  /// and `columns` is empty.
  record Alias(
      @Nullable SqlIdentifier name,
      List<SqlIdentifier> columns,
      List<ColumnDefinition> definitions) {
    public Alias {
      columns = List.copyOf(columns);
      definitions = List.copyOf(definitions);
    }
  }

  /// A column of a function's column definition list.
  record ColumnDefinition(SqlIdentifier name, TypeName type) {}

  /// `TABLESAMPLE method (arguments) [REPEATABLE (seed)]`.
  record Sample(SqlIdentifier method, List<SqlNode> arguments, @Nullable SqlNode seed) {
    public Sample {
      arguments = List.copyOf(arguments);
    }
  }

  /// A table, view or common table by name. ONLY is accepted and means nothing, since no table has
  /// children.
  ///
  /// @param asOf of `FOR SYSTEM_TIME AS OF asOf`, else null
  record Table(
      SqlIdentifier name, @Nullable Alias alias, @Nullable Sample sample, @Nullable SqlNode asOf)
      implements FromItem {
    /// All rows of the present.
    public Table(SqlIdentifier name, @Nullable Alias alias) {
      this(name, alias, null, null);
    }
  }

  /// `[LATERAL] (query)`.
  record Subquery(Query query, boolean lateral, @Nullable Alias alias, int position)
      implements FromItem {}

  /// One function of [Functions], with its own column definitions in ROWS FROM.
  record FunctionItem(SqlNode call, List<ColumnDefinition> definitions) {
    public FunctionItem {
      definitions = List.copyOf(definitions);
    }
  }

  /// `[LATERAL] f(…) [WITH ORDINALITY]` (one function) or `ROWS FROM (…)`.
  record Functions(
      List<FunctionItem> functions,
      boolean rowsFrom,
      boolean ordinality,
      boolean lateral,
      @Nullable Alias alias,
      int position)
      implements FromItem {
    public Functions {
      functions = List.copyOf(functions);
    }
  }

  /// The kinds of join.
  enum JoinKind {
    CROSS,
    INNER,
    LEFT,
    RIGHT,
    FULL
  }

  /// A join. Exactly one of `natural`, a non-empty `using` and a non-null `on` holds, none for
  /// CROSS.
  ///
  /// @param usingAlias of `USING (…) AS alias`, else null
  /// @param alias of a parenthesised join, else null
  record Join(
      JoinKind kind,
      FromItem left,
      FromItem right,
      boolean natural,
      List<SqlIdentifier> using,
      @Nullable SqlIdentifier usingAlias,
      @Nullable SqlNode on,
      @Nullable Alias alias,
      int position)
      implements FromItem {
    public Join {
      using = List.copyOf(using);
    }
  }
}
