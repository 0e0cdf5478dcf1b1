package quiver.frontend.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;

class TableWritesTest {
  private static final TableDefinition TABLE =
      new TableDefinition(
          20_000,
          "public",
          "items",
          1,
          1,
          List.of(column(1, "id", SqlType.INT8), column(2, "name", SqlType.TEXT)),
          Optional.of(new TableDefinition.PrimaryKey(20_001, "items_pkey", List.of(1))),
          List.of(),
          List.of(),
          1);

  private static final UniqueKey KEY =
      new UniqueKey(
          20_001,
          true,
          "items_pkey",
          "id",
          List.of(SqlType.INT8),
          Deferral.NOT_DEFERRABLE,
          rows ->
              new UniqueKey.Entries(
                  new RowBatch(rows.rowCount(), List.of(rows.column(0))),
                  IntStream.range(0, rows.rowCount()).toArray()));

  private final TableWrites writes = new TableWrites(TABLE, List.of(KEY));

  private static ColumnDefinition column(int id, String name, SqlType type) {
    return new ColumnDefinition(
        id,
        name,
        type,
        id == 1,
        Optional.empty(),
        Optional.empty(),
        ColumnDefinition.Identity.NONE);
  }

  private static RowBatch rows(long... ids) {
    String[] names =
        Arrays.stream(ids).mapToObj(id -> id % 2 == 0 ? null : "n" + id).toArray(String[]::new);
    return new RowBatch(
        ids.length,
        List.of(
            new LongColumn(SqlType.INT8, ids.length, ids, Nulls.NONE),
            ObjectColumn.of(SqlType.TEXT, ids.length, names)));
  }

  private static RowKey key(long id) {
    return Objects.requireNonNull(KEY.of(rows(id))[0]);
  }

  private List<Long> visible() {
    TableWrites.OwnRows rows = writes.rows();
    return Arrays.stream(rows.visible().toRows())
        .mapToObj(row -> (Long) rows.columns().getFirst().valueAt(row))
        .toList();
  }

  @Test
  void rewindTakesBackInsertsAndDeletes() {
    writes.insert(rows(1, 2, 3));
    int mark = writes.mark();
    writes.delete(RowAddress.of(0, 1));
    writes.delete(RowAddress.of(5, 9));
    writes.insert(rows(2, 4));
    assertThat(visible()).containsExactly(1L, 3L, 2L, 4L);
    assertThat(writes.rowWithKey(0, key(2))).hasValue(3);
    writes.rewind(mark);
    assertThat(visible()).containsExactly(1L, 2L, 3L);
    assertThat(writes.rowWithKey(0, key(2))).hasValue(1);
    assertThat(writes.rowWithKey(0, key(4))).isEmpty();
    assertThat(writes.deletedAddresses()).isEmpty();
    writes.insert(rows(6));
    assertThat(visible()).containsExactly(1L, 2L, 3L, 6L);
    writes.rewind(0);
    assertThat(writes.isEmpty()).isTrue();
  }

  @Test
  void viewsDoNotSeeLaterRows() {
    writes.insert(rows(1, 2));
    TableWrites.OwnRows before = writes.rows();
    writes.insert(rows(3, 4, 5));
    assertThat(before.visible().rowCount()).isEqualTo(2);
    assertThat(before.columns().get(1).valueAt(1)).isNull();
    assertThat(writes.rows().columns().get(1).valueAt(2)).isEqualTo("n3");
    assertThat(writes.rows().columns().get(1).valueAt(3)).isNull();
  }

  @Test
  void rowVersionDiesOnce() {
    assertThat(writes.delete(RowAddress.of(7, 1))).isTrue();
    assertThat(writes.delete(RowAddress.of(7, 1))).isFalse();
    assertThat(writes.deletedAddresses()).containsExactly(RowAddress.of(7, 1));
  }
}
