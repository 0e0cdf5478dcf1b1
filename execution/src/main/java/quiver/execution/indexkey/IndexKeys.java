package quiver.execution.indexkey;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.type.SqlType;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.expression.InputRows;
import quiver.execution.index.KeyOrder;

/// Computes the keys an index has for rows of its table. Safe for every thread.
public final class IndexKeys {
  private final List<Source> sources;
  private final Optional<Computed> predicate;
  private final KeyOrder order;

  private sealed interface Source {}

  private record Plain(int ordinal) implements Source {}

  /// @param ordinals the columns that the expression reads, in the order of its input columns
  private record Computed(CompiledExpression expression, int[] ordinals) implements Source {}

  public IndexKeys(IndexDefinition index, TableDefinition table, ExpressionCompiler compiler) {
    List<Source> made = new ArrayList<>();
    List<KeyOrder.Key> keys = new ArrayList<>();
    for (IndexKey key : index.keys()) {
      made.add(
          key.expression()
              .<Source>map(expression -> computed(expression, table, compiler))
              .orElseGet(() -> new Plain(table.ordinalOfId(key.columnId().orElseThrow()))));
      keys.add(new KeyOrder.Key(key.type(table), key.descending(), key.nullsFirst()));
    }
    this.sources = List.copyOf(made);
    this.predicate = index.predicate().map(one -> computed(one, table, compiler));
    this.order = new KeyOrder(keys);
  }

  private static Computed computed(
      IndexExpression expression, TableDefinition table, ExpressionCompiler compiler) {
    return new Computed(
        compiler.compile(expression.expression()),
        expression.columnIds().stream().mapToInt(table::ordinalOfId).toArray());
  }

  /// How entries are ordered; its keys have the types of the index's keys.
  public KeyOrder order() {
    return order;
  }

  /// The types of the keys.
  public List<SqlType> types() {
    return order.keys().stream().map(KeyOrder.Key::type).toList();
  }

  /// Keys of those rows that the index has.
  ///
  /// @param keys one column per key
  /// @param rows the row of each entry, ascending; not modified
  public record Entries(List<Column> keys, int[] rows) {}

  /// Computes the entries of rows.
  ///
  /// @param rows columns by ordinal of the table
  public Entries of(InputRows rows, EvaluationScope scope) {
    int[] chosen = new int[rows.rowCount()];
    int count = rows.rowCount();
    InputRows present = rows;
    if (predicate.isPresent()) {
      count = predicate.get().expression().selectTrue(view(predicate.get(), rows), scope, chosen);
      present = count == rows.rowCount() ? rows : rows.select(chosen, count);
    } else {
      for (int row = 0; row < count; row++) {
        chosen[row] = row;
      }
    }
    List<Column> keys = new ArrayList<>(sources.size());
    for (Source source : sources) {
      keys.add(
          switch (source) {
            case Plain(int ordinal) -> present.column(ordinal);
            case Computed computed ->
                computed.expression().evaluate(view(computed, present), scope);
          });
    }
    return new Entries(keys, Arrays.copyOf(chosen, count));
  }

  private static InputRows view(Computed computed, InputRows rows) {
    return new PickedColumns(rows, computed.ordinals());
  }

  /// Some columns of rows, in another order.
  private record PickedColumns(InputRows rows, int[] ordinals) implements InputRows {
    @Override
    public int rowCount() {
      return rows.rowCount();
    }

    @Override
    public Column column(int index) {
      return rows.column(ordinals[index]);
    }

    @Override
    public InputRows select(int[] selected, int count) {
      return new PickedColumns(rows.select(selected, count), ordinals);
    }
  }
}
