package quiver.execution.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.type.SqlType;

/// Sorted runs and terms against a look at every row.
class ScalarIndexTest {
  private static final int ROW_COUNT = 500;

  private final SplittableRandom random = new SplittableRandom(7);

  private @Nullable Object[] texts() {
    @Nullable Object[] texts = new @Nullable Object[ROW_COUNT];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = random.nextInt(10) == 0 ? null : "t" + random.nextInt(20);
    }
    return texts;
  }

  private long[] numbers() {
    return random.longs(ROW_COUNT, 0, 30).toArray();
  }

  @Test
  void rangesFindWhatEveryOrderHas() {
    @Nullable Object[] texts = texts();
    long[] numbers = numbers();
    List<Column> keys =
        List.of(
            ObjectColumn.of(SqlType.TEXT, ROW_COUNT, texts),
            new LongColumn(SqlType.INT8, ROW_COUNT, numbers, Nulls.NONE));
    for (int shape = 0; shape < 16; shape++) {
      KeyOrder order =
          new KeyOrder(
              List.of(
                  new KeyOrder.Key(SqlType.TEXT, (shape & 1) != 0, (shape & 2) != 0),
                  new KeyOrder.Key(SqlType.INT8, (shape & 4) != 0, (shape & 8) != 0)));
      ScalarIndex index =
          new SortedIndex(
              MemoryRun.sort(keys, IntStream.range(0, ROW_COUNT).toArray(), order), order);
      assertThat(rows(index, KeyRange.ofPrefix(Arrays.asList("t3"))))
          .containsExactly(matching(row -> "t3".equals(texts[row])));
      assertThat(rows(index, KeyRange.ofPrefix(Arrays.asList((Object) null))))
          .containsExactly(matching(row -> texts[row] == null));
      assertThat(rows(index, KeyRange.ofPrefix(Arrays.asList("t3", 7L))))
          .containsExactly(matching(row -> "t3".equals(texts[row]) && numbers[row] == 7));
      assertThat(rows(index, new KeyRange(List.of(), null, null, true)))
          .containsExactly(matching(row -> texts[row] != null));
      assertThat(
              rows(
                  index,
                  new KeyRange(
                      Arrays.asList("t5"),
                      new KeyRange.Bound(4L, false),
                      new KeyRange.Bound(20L, true),
                      false)))
          .containsExactly(
              matching(row -> "t5".equals(texts[row]) && numbers[row] > 4 && numbers[row] <= 20));
      assertThat(rows(index, new KeyRange(List.of(), new KeyRange.Bound("t15", true), null, false)))
          .containsExactly(
              matching(row -> texts[row] instanceof String text && text.compareTo("t15") >= 0));
    }
  }

  @Test
  void rowsBoundRangesInTheOrderOfTheIndex() {
    @Nullable Object[] texts = texts();
    long[] numbers = numbers();
    List<Column> keys =
        List.of(
            ObjectColumn.of(SqlType.TEXT, ROW_COUNT, texts),
            new LongColumn(SqlType.INT8, ROW_COUNT, numbers, Nulls.NONE));
    KeyOrder order =
        new KeyOrder(
            List.of(
                new KeyOrder.Key(SqlType.TEXT, false, false),
                new KeyOrder.Key(SqlType.INT8, true, true)));
    ScalarIndex index =
        new SortedIndex(
            MemoryRun.sort(keys, IntStream.range(0, ROW_COUNT).toArray(), order), order);
    KeyRange.RowBound bound = new KeyRange.RowBound(List.of("t3", 7L), false);
    assertThat(rows(index, new KeyRange(List.of(), null, null, true, bound, null)))
        .containsExactly(
            matching(row ->
                texts[row] instanceof String text
                    && (text.compareTo("t3") > 0 || (text.equals("t3") && numbers[row] < 7))));
    assertThat(rows(index, new KeyRange(List.of(), null, null, false, null, bound)))
        .containsExactly(
            matching(row ->
                texts[row] instanceof String text
                    && (text.compareTo("t3") < 0 || (text.equals("t3") && numbers[row] > 7))));
  }

  @Test
  void termsFindRowsThatHaveOneOfEachSet() {
    TermIndex.Builder builder = new TermIndex.Builder();
    List<List<Long>> terms = new ArrayList<>();
    for (int row = 0; row < ROW_COUNT; row++) {
      List<Long> mine = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        long hash = hash(random.nextInt(12));
        mine.add(hash);
        builder.add(hash, row);
      }
      terms.add(mine);
    }
    TermIndex index = builder.build();
    IndexQuery query =
        new IndexQuery.Terms(List.of(new long[] {hash(1)}, new long[] {hash(2), hash(3)}));
    int[] expected =
        matching(row ->
            terms.get(row).contains(hash(1))
                && (terms.get(row).contains(hash(2)) || terms.get(row).contains(hash(3))));
    assertThat(expected).isNotEmpty();
    assertThat(index.rows(query)).containsExactly(expected);
    assertThat(index.estimate(query)).isGreaterThanOrEqualTo(expected.length);
    assertThat(index.rows(new IndexQuery.Terms(List.of(new long[] {hash(99)})))).isEmpty();
  }

  private static long hash(long value) {
    return value * 0x9E3779B97F4A7C15L;
  }

  private static int[] rows(ScalarIndex index, KeyRange range) {
    IndexQuery query = new IndexQuery.Ranges(List.of(range));
    int[] rows = index.rows(query);
    assertThat(index.estimate(query)).isEqualTo(rows.length);
    return rows;
  }

  private static int[] matching(java.util.function.IntPredicate condition) {
    return IntStream.range(0, ROW_COUNT).filter(condition).toArray();
  }
}
