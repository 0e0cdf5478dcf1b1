package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// A type as written, with PostgreSQL's internal name for the types that have a keyword: `integer`
/// is `pg_catalog.int4`, `character varying(20)` is `pg_catalog.varchar` with modifier 20, `char`
/// is `pg_catalog.bpchar` with modifier 1, `bit varying` is `pg_catalog.varbit`, `timestamp with
/// time zone` is `pg_catalog.timestamptz`. Other names, such as `text`, `vector` or `"char"`, are
/// kept and have no schema unless it is written.
///
/// @param modifiers expressions in parentheses after the name; for `interval` fields PostgreSQL's
///   bit mask (YEAR 4, MONTH 2, DAY 8, HOUR 1024, MINUTE 2048, SECOND 4096), then the precision
/// @param arrayDimensions 0 for a scalar
/// @param position 1-based character position of the name
public record TypeName(
    @Nullable String schema,
    String name,
    List<SqlNode> modifiers,
    int arrayDimensions,
    int position) {
  public TypeName {
    modifiers = List.copyOf(modifiers);
  }
}
