package quiver.common.text;

import java.util.Locale;
import java.util.Set;

/// Names as SQL writes them.
public final class Identifiers {
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

  private Identifiers() {}

  /// An identifier, quoted where SQL needs it.
  public static String quoted(String name) {
    boolean plain = !name.isEmpty() && !RESERVED.contains(name.toLowerCase(Locale.ROOT));
    for (int i = 0; i < name.length() && plain; i++) {
      char c = name.charAt(i);
      plain = (c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9');
    }
    return plain ? name : "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
