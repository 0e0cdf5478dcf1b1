package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.TableDefinition.PrimaryKey;
import quiver.common.text.Identifiers;

/// Definitions as SQL text, in the form PostgreSQL's `pg_get_…def` functions give.
public final class DefinitionText {
  private DefinitionText() {}

  /// An identifier, quoted where SQL needs it.
  public static String identifier(String name) {
    return Identifiers.quoted(name);
  }

  /// A relation or type in an expression that the catalog keeps: a name without schema is one of
  /// `public`.
  public static String keptName(String schema, String name) {
    return schema.equals("public") ? identifier(name) : identifier(schema) + "." + identifier(name);
  }

  /// For example `CREATE INDEX i ON public.t USING hnsw (e vector_l2_ops) WITH (m='16')`.
  public static String index(TableDefinition table, IndexDefinition index) {
    return index(table, index, false);
  }

  /// As above.
  ///
  /// @param pretty whether the table's schema and parentheses that can be missed are left out
  public static String index(TableDefinition table, IndexDefinition index, boolean pretty) {
    StringBuilder text = new StringBuilder("CREATE ").append(index.unique() ? "UNIQUE " : "");
    text.append("INDEX ").append(identifier(index.name())).append(" ON ");
    text.append(pretty ? "" : identifier(table.schema()) + ".").append(identifier(table.name()));
    text.append(" USING ").append(index.method().sqlName()).append(" (");
    for (int i = 0; i < index.keys().size(); i++) {
      IndexKey key = index.keys().get(i);
      text.append(i == 0 ? "" : ", ").append(indexColumn(table, index, i, pretty));
      key.collation().ifPresent(name -> text.append(" COLLATE ").append(identifier(name)));
      if (!isDefaultClass(table, index, key)) {
        text.append(' ').append(key.operatorClass());
      }
      text.append(order(key));
    }
    text.append(')');
    if (!index.includedColumnIds().isEmpty()) {
      text.append(" INCLUDE (").append(columns(table, index.includedColumnIds())).append(')');
    }
    text.append(index.nullsNotDistinct() ? " NULLS NOT DISTINCT" : "");
    if (!index.options().isEmpty()) {
      text.append(" WITH (").append(options(index)).append(')');
    }
    index
        .predicate()
        .ifPresent(predicate -> text.append(" WHERE ").append(predicate(table, predicate, pretty)));
    return text.toString();
  }

  private static boolean isDefaultClass(
      TableDefinition table, IndexDefinition index, IndexKey key) {
    return OperatorClasses.defaultFor(index.method(), key.type(table))
        .filter(found -> found.name().equals(key.operatorClass()))
        .isPresent();
  }

  private static String order(IndexKey key) {
    if (key.descending()) {
      return key.nullsFirst() ? " DESC" : " DESC NULLS LAST";
    }
    return key.nullsFirst() ? " NULLS FIRST" : "";
  }

  private static String columns(TableDefinition table, List<Integer> columnIds) {
    return columnIds.stream()
        .map(id -> identifier(table.columns().get(table.ordinalOfId(id)).name()))
        .collect(Collectors.joining(", "));
  }

  /// The condition of a partial index.
  public static String predicate(TableDefinition table, IndexExpression predicate, boolean pretty) {
    String sql = predicate.sql(table);
    return pretty ? PrettyExpression.of(sql) : sql;
  }

  /// A key or an included column of an index: a name, a function call as it is, any other
  /// expression in parentheses.
  ///
  /// @param position from 0
  public static String indexColumn(
      TableDefinition table, IndexDefinition index, int position, boolean pretty) {
    if (position >= index.keys().size()) {
      int included = index.includedColumnIds().get(position - index.keys().size());
      return columns(table, List.of(included));
    }
    IndexKey key = index.keys().get(position);
    if (key.expression().isEmpty()) {
      return identifier(key.name(table));
    }
    String sql = key.expression().get().sql(table);
    String shown = pretty ? PrettyExpression.of(sql) : sql;
    return isCall(sql) ? shown : "(" + shown + ")";
  }

  /// Whether a text is one function call: a name, then parentheses up to the end.
  private static boolean isCall(String sql) {
    int open = sql.indexOf('(');
    if (open <= 0 || !sql.endsWith(")") || !isName(sql.substring(0, open))) {
      return false;
    }
    int depth = 0;
    for (int i = open; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (c == '\'' || c == '"') {
        boolean escapes = c == '\'' && sql.charAt(i - 1) == 'E';
        for (i++; i < sql.length() && sql.charAt(i) != c; i++) {
          i += escapes && sql.charAt(i) == '\\' ? 1 : 0;
        }
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        return i == sql.length() - 1;
      }
    }
    return false;
  }

  private static boolean isName(String text) {
    return text.chars()
        .allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '"');
  }

  private static String options(IndexDefinition index) {
    return index.options().entrySet().stream()
        .map(option -> option.getKey() + "='" + option.getValue() + "'")
        .collect(Collectors.joining(", "));
  }

  /// For example `PRIMARY KEY (id)`; empty for a table without one.
  public static String primaryKey(TableDefinition table) {
    List<Integer> key = table.primaryKey().map(PrimaryKey::columnIds).orElse(List.of());
    Optional<IndexDefinition> index =
        table.indexes().stream().filter(IndexDefinition::primary).findFirst();
    return key.isEmpty()
        ? ""
        : "PRIMARY KEY ("
            + columns(table, key)
            + ")"
            + index.map(one -> included(table, one) + one.deferral().sql()).orElse("");
  }

  private static String included(TableDefinition table, IndexDefinition index) {
    return index.includedColumnIds().isEmpty()
        ? ""
        : " INCLUDE (" + columns(table, index.includedColumnIds()) + ")";
  }

  /// For example `UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b)`.
  public static String unique(TableDefinition table, IndexDefinition index) {
    return "UNIQUE "
        + (index.nullsNotDistinct() ? "NULLS NOT DISTINCT " : "")
        + "("
        + columns(table, index.keyColumnIds())
        + ")"
        + included(table, index)
        + index.deferral().sql();
  }

  /// For example `FOREIGN KEY (a) REFERENCES t(id) ON DELETE CASCADE`.
  ///
  /// @param parentName the name of `parent`, qualified if need be
  public static String foreignKey(
      TableDefinition table, ForeignKey key, TableDefinition parent, String parentName) {
    StringBuilder text = new StringBuilder("FOREIGN KEY (");
    text.append(columns(table, key.columnIds())).append(") REFERENCES ").append(parentName);
    text.append('(').append(columns(parent, key.referencedColumnIds())).append(')');
    text.append(key.matchFull() ? " MATCH FULL" : "");
    if (key.onUpdate() != ForeignKey.Action.NO_ACTION) {
      text.append(" ON UPDATE ").append(key.onUpdate().sql());
    }
    if (key.onDelete() != ForeignKey.Action.NO_ACTION) {
      text.append(" ON DELETE ").append(key.onDelete().sql());
    }
    if (!key.setColumnIds().isEmpty()) {
      text.append(" (").append(columns(table, key.setColumnIds())).append(')');
    }
    text.append(key.deferral().sql());
    return text.append(key.validated() ? "" : " NOT VALID").toString();
  }

  /// For example `CHECK ((price > (0)::double precision))`.
  public static String check(CheckConstraint check) {
    return "CHECK (" + check.sql() + ")" + validity(check);
  }

  /// For example `CHECK (price > 0::double precision)`.
  public static String prettyCheck(CheckConstraint check) {
    return "CHECK (" + PrettyExpression.of(check.sql()) + ")" + validity(check);
  }

  private static String validity(CheckConstraint check) {
    return check.validated() ? "" : " NOT VALID";
  }
}
