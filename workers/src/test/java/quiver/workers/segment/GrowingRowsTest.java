package quiver.workers.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.RowBatch;
import quiver.common.column.VectorColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.Numeric;
import quiver.vector.index.VectorRows;

class GrowingRowsTest {
  private static final SqlType POINT = SqlType.of(BaseType.VECTOR, 3);
  private static final TableLayout TABLE =
      TableLayout.ofTypes(
          1, 1, 1, List.of(SqlType.INT8, SqlType.FLOAT8, SqlType.TEXT, POINT), List.of(0));

  private static RowBatch batch(int from, int count) {
    List<Integer> rows = java.util.stream.IntStream.range(from, from + count).boxed().toList();
    return new RowBatch(
        count,
        List.of(
            Columns.ofDatums(SqlType.INT8, rows.stream().map(row -> (long) row).toList()),
            Columns.ofDatums(
                SqlType.FLOAT8, rows.stream().map(row -> row % 3 == 0 ? null : row / 2.0).toList()),
            Columns.ofDatums(
                SqlType.TEXT, rows.stream().map(row -> row % 5 == 0 ? null : "t" + row).toList()),
            Columns.ofDatums(
                POINT,
                rows.stream()
                    .map(row -> row % 7 == 0 ? null : new float[] {row, -row, 0.5f})
                    .toList())));
  }

  private static void assertRow(Column column, int index, int ordinal, int row) {
    Object value = column.valueAt(index);
    switch (ordinal) {
      case 0 -> assertThat(value).isEqualTo((long) row);
      case 1 -> assertThat(value).isEqualTo(row % 3 == 0 ? null : row / 2.0);
      case 2 -> assertThat(value).isEqualTo(row % 5 == 0 ? null : "t" + row);
      default -> {
        if (row % 7 == 0) {
          assertThat(value).isNull();
        } else {
          assertThat((float[]) value).containsExactly(row, -row, 0.5f);
        }
      }
    }
  }

  @Test
  void rowsComeBackFromAnyRangeAndOrder() {
    SplittableRandom random = new SplittableRandom(1);
    try (GrowingRows rows = new GrowingRows(TABLE)) {
      int count = 0;
      while (count < 5000) {
        int more = 1 + random.nextInt(700);
        rows.append(batch(count, more), 0, more);
        count += more;
        rows.publish(count);
      }
      assertThat(rows.rowCount()).isEqualTo(count);
      for (int i = 0; i < 300; i++) {
        int from = random.nextInt(count);
        int length = 1 + random.nextInt(Math.min(2500, count - from));
        int ordinal = random.nextInt(4);
        Column column = rows.column(ordinal, from, length);
        assertThat(column.rowCount()).isEqualTo(length);
        int at = random.nextInt(length);
        assertRow(column, at, ordinal, from + at);
        int[] picked = {random.nextInt(count), random.nextInt(count), from};
        Column gathered = rows.gather(ordinal, picked, 1, 2);
        assertRow(gathered, 0, ordinal, picked[1]);
        assertRow(gathered, 1, ordinal, picked[2]);
      }
      VectorRows vectors = rows.vectors(3, 3000);
      assertThat(vectors.rowCount()).isEqualTo(3000);
      assertThat(vectors.present().contains(7)).isFalse();
      float[] row = new float[3];
      vectors.copyRow(2999, row);
      assertThat(row).containsExactly(2999, -2999, 0.5f);
    }
  }

  @Test
  void keysLeadToTheVersionOfTheSnapshot() {
    DeleteMap deletes = new DeleteMap();
    try (GrowingRows rows = new GrowingRows(TABLE)) {
      for (int version = 0; version < 50; version++) {
        if (version > 0) {
          deletes.add(version - 1, 10L * version);
        }
        rows.append(batch(42, 1), 0, 1);
        rows.publish(10L * version + (version == 0 ? 1 : 0));
      }
      Keys key = Keys.ofDatums(List.of(0), TABLE.types(), List.of(42L));
      assertThat(rows.findKey(key, 0, 0, deletes)).isEqualTo(SegmentRows.NO_ROW);
      for (int version = 1; version < 50; version++) {
        assertThat(rows.findKey(key, 0, 10L * version + 5, deletes)).isEqualTo(version);
      }
      deletes.add(49, 1000);
      assertThat(rows.findKey(key, 0, 999, deletes)).isEqualTo(49);
      assertThat(rows.findKey(key, 0, 1000, deletes)).isEqualTo(SegmentRows.NO_ROW);
      Keys other = Keys.ofDatums(List.of(0), TABLE.types(), List.of(43L));
      assertThat(rows.findKey(other, 0, 2000, deletes)).isEqualTo(SegmentRows.NO_ROW);
    }
  }

  @Test
  void visibleRowsAreThoseOfTheSnapshot() {
    SplittableRandom random = new SplittableRandom(2);
    DeleteMap deletes = new DeleteMap();
    GrowingRows rows = new GrowingRows(TABLE);
    SegmentView view =
        new SegmentView(
            1, LoadedSegment.of(new Pinned<>(rows, rows::close)), deletes, SegmentView.Origin.ROWS);
    long[] born = new long[400];
    long[] died = new long[400];
    int count = 0;
    for (long now = 1; count < 400; now++) {
      if (random.nextBoolean()) {
        int more = Math.min(400 - count, 1 + random.nextInt(5));
        rows.append(batch(count, more), 0, more);
        rows.publish(now);
        for (int i = 0; i < more; i++) {
          born[count++] = now;
        }
      } else if (count > 0) {
        int row = random.nextInt(count);
        if (deletes.add(row, now)) {
          died[row] = now;
        }
      }
      long snapshot = random.nextBoolean() ? now : random.nextLong(now + 1);
      SegmentView.Visible visible = view.visible(snapshot);
      int expected = 0;
      for (int row = 0; row < count; row++) {
        boolean lives = born[row] <= snapshot && (died[row] == 0 || died[row] > snapshot);
        assertThat(visible.mask().contains(row)).isEqualTo(lives);
        expected += lives ? 1 : 0;
      }
      assertThat(visible.count()).isEqualTo(expected);
    }
    view.loaded().unpin();
  }

  @Test
  void equalKeysHaveEqualHashesWhateverTheirForm() {
    Keys numerics =
        Keys.of(
            List.of(0),
            new RowBatch(
                2,
                List.of(
                    Columns.ofDatums(
                        SqlType.NUMERIC, List.of(Numeric.of("1.0"), Numeric.of("1.00"))))));
    assertThat(numerics.hash(0)).isEqualTo(numerics.hash(1));
    assertThat(numerics.matches(0, numerics, 1)).isTrue();
    Keys padded =
        Keys.of(
            List.of(0),
            new RowBatch(
                2, List.of(Columns.ofDatums(SqlType.of(BaseType.BPCHAR, 9), List.of("a  ", "a")))));
    assertThat(padded.hash(0)).isEqualTo(padded.hash(1));
    Keys zeros =
        Keys.of(
            List.of(0),
            new RowBatch(2, List.of(Columns.ofDatums(SqlType.FLOAT8, List.of(0.0, -0.0)))));
    assertThat(zeros.hash(0)).isEqualTo(zeros.hash(1));
    // Stored in files: never change.
    assertThat(
            Keys.of(
                    List.of(0),
                    new RowBatch(1, List.of(Columns.ofDatums(SqlType.TEXT, List.of("quiver")))))
                .hash(0))
        .isEqualTo(8449392791014233505L);
    assertThat(
            Keys.of(
                    List.of(0),
                    new RowBatch(1, List.of(Columns.ofDatums(SqlType.INT8, List.of(42L)))))
                .hash(0))
        .isEqualTo(-6387817139659442654L);
  }

  @Test
  void columnsShareTheArraysOfWholeBlocksOnly() {
    try (GrowingRows rows = new GrowingRows(TABLE)) {
      rows.append(batch(0, 2000), 0, 2000);
      rows.publish(1);
      LongColumn first = (LongColumn) rows.column(0, 0, 1000);
      LongColumn across = (LongColumn) rows.column(0, 1000, 1000);
      assertThat(first.values()[999]).isEqualTo(999);
      assertThat(across.values()[999]).isEqualTo(1999);
      assertThat(((VectorColumn) rows.column(3, 1020, 10)).row(8))
          .containsExactly(1028, -1028, 0.5f);
    }
  }
}
