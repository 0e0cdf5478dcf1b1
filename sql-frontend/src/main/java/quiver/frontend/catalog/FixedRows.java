package quiver.frontend.catalog;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.format.FormatSettings;
import quiver.common.format.TextFormat;
import quiver.frontend.catalog.RelationColumns.SystemRelation;

/// Relations whose rows never change: what the standard names and what PostgreSQL 15 says of it. A
/// line of `fixed.tsv` is the relation's name and its columns in order, `\N` for NULL.
final class FixedRows {
  private static final String NULL = "\\N";

  /// The relations there are rows of.
  static final Set<String> RELATIONS =
      Set.of("sql_features", "sql_implementation_info", "sql_parts", "sql_sizing");

  private FixedRows() {}

  static void fill(SystemRelation relation, RowSet rows) {
    for (List<String> fields : ResourceTable.rows("fixed.tsv")) {
      if (!fields.getFirst().equals(relation.name())) {
        continue;
      }
      @Nullable Object[] row = new @Nullable Object[2 * (fields.size() - 1)];
      for (int i = 1; i < fields.size(); i++) {
        String text = fields.get(i);
        row[2 * i - 2] = relation.columns().get(i - 1).name();
        if (!text.equals(NULL)) {
          row[2 * i - 1] =
              TextFormat.parse(relation.columns().get(i - 1).type(), text, FormatSettings.DEFAULT);
        }
      }
      rows.add(row);
    }
  }
}
