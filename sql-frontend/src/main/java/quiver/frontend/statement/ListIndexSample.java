package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;

/// Whether a table has the vectors that a new `ivfflat` index needs for its lists.
public final class ListIndexSample {
  private final InnerStatements statements;

  /// @param scope of a statement after the command: it sees the new index
  public ListIndexSample(StatementServices services, StatementScope scope) {
    this.statements = new InnerStatements(services, scope);
  }

  /// Whether a command makes an index of lists.
  public static boolean isNeeded(DdlCommand command) {
    return command instanceof DdlCommand.CreateIndex create
        && create.index().method() == IndexMethod.IVFFLAT;
  }

  /// Whether the table has fewer vectors to index than the index has lists.
  public boolean isSmall(TableDefinition table, IndexDefinition index) {
    int lists = Integer.parseInt(index.options().getOrDefault("lists", "100"));
    String key = DefinitionText.indexColumn(table, index, 0, false);
    List<String> conditions = new ArrayList<>();
    conditions.add(key + " IS NOT NULL");
    if (index.keys().getFirst().operatorClass().endsWith("_cosine_ops")) {
      // A vector of zeros has no direction and is in no list.
      conditions.add(key + " <=> " + key + " <> 'NaN'");
    }
    index.predicate().ifPresent(one -> conditions.add(DefinitionText.predicate(table, one, false)));
    String sql =
        "SELECT 1 FROM ONLY "
            + DefinitionText.identifier(table.schema())
            + "."
            + DefinitionText.identifier(table.name())
            + " WHERE "
            + String.join(" AND ", conditions)
            + " LIMIT "
            + lists;
    return statements.query(sql, List.of(), List.of()).stream().mapToLong(RowBatch::rowCount).sum()
        < lists;
  }
}
