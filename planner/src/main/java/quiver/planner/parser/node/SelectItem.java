package quiver.planner.parser.node;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// One entry of a target list or RETURNING; `*` and `t.*` are identifiers whose last part is a star
/// (`SqlIdentifier.isStar()`).
public record SelectItem(SqlNode expression, @Nullable SqlIdentifier alias) {}
