package quiver.common.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import quiver.common.catalog.TableDefinition.CheckConstraint;

/// Definitions as SQL text, in the form PostgreSQL's `pg_get_…def` functions give.
public final class DefinitionText {
  private static final Set<String> RESERVED =
      Set.of(
          ("all analyse analyze and any array as asc asymmetric authorization binary both case cast"
               + " check collate collation column concurrently constraint create cross"
               + " current_catalog current_date current_role current_schema current_time"
               + " current_timestamp current_user default deferrable desc distinct do else end"
               + " except false fetch for foreign freeze from full grant group having ilike in"
               + " initially inner intersect into is isnull join lateral leading left like limit"
               + " localtime localtimestamp natural not notnull null offset on only or order outer"
               + " overlaps placing primary references returning right select session_user similar"
               + " some symmetric table tablesample then to trailing true union unique user using"
               + " variadic verbose when where window with between bigint bit boolean char"
               + " character coalesce dec decimal exists extract float greatest grouping inout int"
               + " integer interval least national nchar none normalize nullif numeric out overlay"
               + " position precision real row setof smallint substring time timestamp treat trim"
               + " values varchar xmlattributes")
              .split(" ", -1));

  private DefinitionText() {}

  /// An identifier, quoted where SQL needs it.
  public static String identifier(String name) {
    boolean plain = !name.isEmpty() && !RESERVED.contains(name.toLowerCase(Locale.ROOT));
    for (int i = 0; i < name.length() && plain; i++) {
      char c = name.charAt(i);
      plain = (c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9');
    }
    return plain ? name : "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /// For example `CREATE INDEX i ON public.t USING hnsw (e vector_l2_ops) WITH (m='16')`.
  public static String index(TableDefinition table, IndexDefinition index) {
    return index(table, index, true);
  }

  /// As above.
  ///
  /// @param qualified whether the table's schema is written
  public static String index(TableDefinition table, IndexDefinition index, boolean qualified) {
    StringBuilder text = new StringBuilder("CREATE ").append(index.unique() ? "UNIQUE " : "");
    text.append("INDEX ").append(identifier(index.name())).append(" ON ");
    text.append(qualified ? identifier(table.schema()) + "." : "").append(identifier(table.name()));
    text.append(" USING ").append(index.method()).append(" (");
    for (int i = 0; i < index.columnIds().size(); i++) {
      text.append(i == 0 ? "" : ", ").append(indexColumn(table, index, i));
      String operatorClass = index.operatorClasses().get(i);
      text.append(index.isVector() ? " " + operatorClass : "");
    }
    text.append(')');
    if (!index.options().isEmpty()) {
      text.append(" WITH (").append(options(index)).append(')');
    }
    return text.toString();
  }

  /// The name of an index column, quoted where needed.
  ///
  /// @param position from 0
  public static String indexColumn(TableDefinition table, IndexDefinition index, int position) {
    int ordinal = table.ordinalOfId(index.columnIds().get(position));
    return identifier(table.columns().get(ordinal).name());
  }

  private static String options(IndexDefinition index) {
    return index.options().entrySet().stream()
        .map(option -> option.getKey() + "='" + option.getValue() + "'")
        .collect(Collectors.joining(", "));
  }

  /// For example `PRIMARY KEY (id)`; empty for a table without one.
  public static String primaryKey(TableDefinition table) {
    List<String> names =
        table.keyOrdinals().stream().map(i -> identifier(table.columns().get(i).name())).toList();
    return names.isEmpty() ? "" : "PRIMARY KEY (" + String.join(", ", names) + ")";
  }

  /// For example `CHECK ((price > (0)::double precision))`.
  public static String check(CheckConstraint check) {
    return "CHECK (" + check.sql() + ")";
  }

  /// For example `CHECK (price > 0::double precision)`.
  public static String prettyCheck(CheckConstraint check) {
    return "CHECK (" + PrettyExpression.of(check.sql()) + ")";
  }
}
