package quiver.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.VectorColumn;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Bytes;

final class SegmentFileTest {
  private static final SqlType VECTOR3 = SqlType.of(BaseType.VECTOR, 3);

  /// Rows in memory, the reference of every comparison.
  record Rows(SegmentDescription description, List<Column> columns, long[] commitTimestamps) {
    SegmentWriter writer() {
      return new SegmentWriter(
          description,
          (ordinal, from, count) -> columns.get(ordinal).slice(from, count),
          commitTimestamps);
    }
  }

  static byte[] bytes(SegmentWriter writer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writer.writeTo(Channels.newChannel(out));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static SegmentReader open(Arena arena, byte[] file) {
    MemorySegment memory = arena.allocate(file.length, 64);
    memory.copyFrom(MemorySegment.ofArray(file));
    return SegmentReader.open("data/1/test.seg", memory.asReadOnly());
  }

  private static Nulls nulls(SplittableRandom random, int rowCount, int percent) {
    long[] words = new long[(rowCount + 63) / 64];
    for (int row = 0; row < rowCount; row++) {
      if (random.nextInt(100) < percent) {
        words[row >>> 6] |= 1L << row;
      }
    }
    return Nulls.ofWords(words);
  }

  private static Column longs(SplittableRandom random, SqlType type, int rowCount, long range) {
    Nulls nulls = nulls(random, rowCount, random.nextInt(3) * 30);
    long base = range == Long.MAX_VALUE ? 0 : random.nextLong() >> 8;
    long[] values = new long[rowCount];
    for (int row = 0; row < rowCount; row++) {
      values[row] = range == Long.MAX_VALUE ? random.nextLong() : base + random.nextLong(range);
    }
    return new LongColumn(type, rowCount, values, nulls);
  }

  private static Column doubles(SplittableRandom random, SqlType type, int rowCount, boolean wide) {
    double[] special = {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, 1.5, -3};
    double[] values = new double[rowCount];
    for (int row = 0; row < rowCount; row++) {
      values[row] = wide ? random.nextDouble() : special[random.nextInt(special.length)];
    }
    return new DoubleColumn(
        type, rowCount, values, nulls(random, rowCount, random.nextInt(2) * 20));
  }

  private static Column objects(
      SplittableRandom random, SqlType type, int rowCount, IntFunction<Object> value) {
    @Nullable Object[] values = new @Nullable Object[rowCount];
    int percent = random.nextInt(2) * 25;
    for (int row = 0; row < rowCount; row++) {
      values[row] = random.nextInt(100) < percent ? null : value.apply(row);
    }
    return ObjectColumn.of(type, rowCount, values);
  }

  private static Column vectors(SplittableRandom random, SqlType type, int rowCount, int percent) {
    int dimension = type.modifier();
    float[] values = new float[rowCount * dimension];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return VectorColumn.ofArray(
        type, dimension, rowCount, values, nulls(random, rowCount, percent));
  }

  static Rows randomRows(long seed, int rowCount) {
    SplittableRandom random = new SplittableRandom(seed);
    String[] words = {"noun.animal", "noun.plant", "", "ünïcode ✓", "verb.motion"};
    List<Column> columns =
        List.of(
            longs(random, SqlType.INT8, rowCount, 1),
            longs(random, SqlType.INT8, rowCount, 200),
            longs(random, SqlType.INT4, rowCount, 60_000),
            longs(random, SqlType.INT8, rowCount, 1L << 31),
            longs(random, SqlType.TIMESTAMPTZ, rowCount, Long.MAX_VALUE),
            new LongColumn(SqlType.BOOL, rowCount, new long[rowCount], nulls(random, rowCount, 50)),
            new LongColumn(SqlType.INT2, rowCount, new long[rowCount], Nulls.all(rowCount)),
            doubles(random, SqlType.FLOAT8, rowCount, true),
            doubles(random, SqlType.FLOAT8, rowCount, false),
            objects(random, SqlType.TEXT, rowCount, _ -> words[random.nextInt(words.length)]),
            objects(random, SqlType.TEXT, rowCount, row -> "row " + row + "x".repeat(row % 100)),
            objects(random, SqlType.TEXT, rowCount, row -> "word " + random.nextInt(700)),
            objects(
                random,
                SqlType.of(BaseType.UUID),
                rowCount,
                _ -> new UUID(random.nextLong(), random.nextLong())),
            objects(
                random,
                SqlType.of(BaseType.BYTEA),
                rowCount,
                row -> Bytes.of(new byte[] {(byte) row, 1})),
            objects(
                random,
                SqlType.arrayOf(BaseType.TEXT),
                rowCount,
                row -> ArrayValue.of(BaseType.TEXT, List.of("a" + row % 3, "b"))),
            vectors(random, VECTOR3, rowCount, 0),
            vectors(random, SqlType.of(BaseType.VECTOR, 384), rowCount, 10));
    List<SegmentColumn> described = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      described.add(new SegmentColumn(i + 1, columns.get(i).type()));
    }
    long[] timestamps = new long[rowCount];
    for (int row = 0; row < rowCount; row++) {
      timestamps[row] = (1L << 50) + row / 100;
    }
    return new Rows(new SegmentDescription(7, 42, 3, rowCount, described), columns, timestamps);
  }

  private static void assertSame(Column expected, Column actual) {
    assertThat(actual.type()).isEqualTo(expected.type());
    assertThat(actual.rowCount()).isEqualTo(expected.rowCount());
    for (int row = 0; row < expected.rowCount(); row++) {
      assertThat(actual.isNull(row)).isEqualTo(expected.isNull(row));
      if (expected.isNull(row)) {
        continue;
      }
      Object value = expected.valueAt(row);
      if (value instanceof float[] floats) {
        assertThat((float[]) Objects.requireNonNull(actual.valueAt(row))).isEqualTo(floats);
      } else if (value instanceof Double number) {
        assertThat(Double.doubleToRawLongBits((Double) Objects.requireNonNull(actual.valueAt(row))))
            .isEqualTo(Double.doubleToRawLongBits(number));
      } else {
        assertThat(actual.valueAt(row)).isEqualTo(value);
      }
    }
  }

  @Test
  void everyColumnComesBackByRangeAndByRowList() {
    for (int rowCount : new int[] {0, 1, 63, 64, 1000, 8192, 8193, 20_000}) {
      Rows rows = randomRows(rowCount, rowCount);
      SplittableRandom random = new SplittableRandom(rowCount);
      try (Arena arena = Arena.ofConfined()) {
        SegmentReader reader = open(arena, bytes(rows.writer()));
        assertThat(reader.description()).isEqualTo(rows.description());
        assertThat(reader.commitTimestamps()).isEqualTo(rows.commitTimestamps());
        for (int ordinal = 0; ordinal < rows.columns().size(); ordinal++) {
          Column expected = rows.columns().get(ordinal);
          if (rowCount <= 8193) {
            assertSame(expected, reader.column(ordinal, 0, rowCount));
          }
          int from = random.nextInt(rowCount + 1);
          int count = random.nextInt(Math.min(500, rowCount - from) + 1);
          assertSame(expected.slice(from, count), reader.column(ordinal, from, count));
          int[] list = new int[rowCount == 0 ? 0 : 100];
          for (int i = 0; i < list.length; i++) {
            list[i] = random.nextInt(rowCount);
          }
          int length = Math.max(0, list.length - 10);
          assertSame(
              expected.gather(list, Math.min(5, list.length), length),
              reader.gather(ordinal, list, Math.min(5, list.length), length));
        }
        if (rowCount > 0) {
          int row = random.nextInt(rowCount);
          assertThat(reader.commitTimestamp(row)).isEqualTo(rows.commitTimestamps()[row]);
        }
        assertThat(reader.verify()).isEmpty();
      }
    }
  }

  @Test
  void writingTwiceGivesTheSameBytes() {
    SegmentWriter writer = randomRows(5, 3000).writer().withKeyIndex(new long[3000]);
    assertThat(bytes(writer)).isEqualTo(bytes(writer));
  }

  @Test
  void vectorsLieAlignedAndWithoutGapsInTheFile() {
    Rows rows = randomRows(3, 20_000);
    try (Arena arena = Arena.ofConfined()) {
      SegmentReader reader = open(arena, bytes(rows.writer()));
      int ordinal = rows.columns().size() - 1;
      assertThat(reader.blockRows(ordinal)).isEqualTo(512);
      VectorColumn vectors = reader.vectors(ordinal);
      assertThat(vectors.rows().isNative()).isTrue();
      assertThat(vectors.rows().address() % 64).isZero();
      assertThat(vectors.rows().byteSize()).isEqualTo(20_000L * 384 * 4);
      VectorColumn expected = (VectorColumn) rows.columns().get(ordinal);
      for (int row = 0; row < 20_000; row += 77) {
        assertThat(vectors.row(row))
            .isEqualTo(expected.isNull(row) ? new float[384] : expected.row(row));
      }
    }
  }

  @Test
  void narrowValuesTakeLittleRoom() {
    int rowCount = 8192;
    Column small = new LongColumn(SqlType.INT8, rowCount, numbers(rowCount, 200), Nulls.NONE);
    Column constant = new LongColumn(SqlType.INT8, rowCount, new long[rowCount], Nulls.NONE);
    @Nullable Object[] texts = new @Nullable Object[rowCount];
    Arrays.setAll(texts, row -> "category " + row % 40);
    Column text = ObjectColumn.of(SqlType.TEXT, rowCount, texts);
    assertThat(fileSize(constant)).isLessThan(4000);
    assertThat(fileSize(small)).isBetween(rowCount, rowCount + 4000);
    assertThat(fileSize(text)).isBetween(rowCount, rowCount + 6000);
  }

  private static long[] numbers(int count, int range) {
    long[] numbers = new long[count];
    Arrays.setAll(numbers, i -> 1_000_000_000_000L + i % range);
    return numbers;
  }

  private static int fileSize(Column column) {
    return bytes(one(column).writer()).length;
  }

  private static Rows one(Column column) {
    return new Rows(
        new SegmentDescription(
            1, 1, 1, column.rowCount(), List.of(new SegmentColumn(1, column.type()))),
        List.of(column),
        new long[column.rowCount()]);
  }

  @Test
  void statisticsBoundTheValuesOfEachBlock() {
    int rowCount = 20_000;
    long[] values = new long[rowCount];
    Arrays.setAll(values, row -> row * 3L - 500);
    double[] doubles = new double[rowCount];
    Arrays.setAll(doubles, row -> row == 9000 ? Double.NaN : -row);
    @Nullable Object[] texts = new @Nullable Object[rowCount];
    Arrays.setAll(texts, row -> row % 2 == 0 ? null : "w" + row % 100);
    @Nullable Object[] longTexts = new @Nullable Object[rowCount];
    Arrays.setAll(longTexts, row -> (row < 8192 ? "long".repeat(30) : "short") + row);
    List<Column> columns =
        List.of(
            new LongColumn(SqlType.INT8, rowCount, values, Nulls.NONE),
            new DoubleColumn(SqlType.FLOAT8, rowCount, doubles, Nulls.NONE),
            ObjectColumn.of(SqlType.TEXT, rowCount, texts),
            ObjectColumn.of(SqlType.TEXT, rowCount, longTexts));
    List<SegmentColumn> described =
        columns.stream().map(column -> new SegmentColumn(9, column.type())).toList();
    long[] timestamps = new long[rowCount];
    Arrays.setAll(timestamps, row -> 100 + row);
    Rows rows = new Rows(new SegmentDescription(1, 1, 1, rowCount, described), columns, timestamps);
    try (Arena arena = Arena.ofConfined()) {
      SegmentReader reader = open(arena, bytes(rows.writer()));
      assertThat(reader.statistics(0).min()).isEqualTo(-500L);
      assertThat(reader.statistics(0).max()).isEqualTo(59_497L);
      assertThat(reader.statistics(0).distinctCount()).isBetween(18_000L, 22_000L);
      List<ColumnStatistics> blocks = reader.blockStatistics(0);
      assertThat(blocks).hasSize(3);
      assertThat(blocks.get(1).min()).isEqualTo(8192L * 3 - 500);
      assertThat(blocks.get(1).max()).isEqualTo(16_383L * 3 - 500);
      assertThat(reader.statistics(1).max()).isEqualTo(Double.NaN);
      assertThat(reader.blockStatistics(1).get(0).max()).isEqualTo(0.0);
      assertThat(reader.statistics(2).nullCount()).isEqualTo(rowCount / 2);
      assertThat(reader.statistics(2).min()).isEqualTo("w1");
      assertThat(reader.statistics(2).max()).isEqualTo("w99");
      assertThat(reader.statistics(2).distinctCount()).isBetween(48L, 52L);
      assertThat(reader.distinctSketch(2).orElseThrow().estimate()).isBetween(48L, 52L);
      assertThat(reader.statistics(3).min()).isNull();
      assertThat(reader.blockStatistics(3).get(0).min()).isNull();
      assertThat(reader.blockStatistics(3).get(1).min()).isEqualTo("short10000");
      assertThat(reader.commitTimestampStatistics().min()).isEqualTo(100L);
      assertThat(reader.commitTimestampStatistics().max()).isEqualTo(20_099L);
    }
  }

  @Test
  void keyIndexFindsEveryRowOfAHash() {
    for (int rowCount : new int[] {0, 1, 2, 100, 30_000}) {
      SplittableRandom random = new SplittableRandom(rowCount);
      long[] hashes = new long[rowCount];
      for (int row = 0; row < rowCount; row++) {
        hashes[row] =
            switch (random.nextInt(4)) {
              case 0 -> row == 0 ? 5 : hashes[random.nextInt(row)];
              case 1 -> row == 0 ? 5 : hashes[random.nextInt(row)] ^ random.nextInt(1 << 20);
              default -> random.nextLong();
            };
      }
      try (Arena arena = Arena.ofConfined()) {
        byte[] file = bytes(randomRows(1, rowCount).writer().withKeyIndex(hashes));
        KeyIndex index = open(arena, file).keyIndex().orElseThrow();
        assertThat(index.count()).isEqualTo(rowCount);
        for (int row = 0; row < rowCount; row += 1 + rowCount / 500) {
          List<Integer> found = new ArrayList<>();
          for (int at = index.find(hashes[row]);
              at < index.count() && index.hash(at) == hashes[row];
              at++) {
            found.add(index.row(at));
          }
          List<Integer> expected = new ArrayList<>();
          for (int other = 0; other < rowCount; other++) {
            if (hashes[other] == hashes[row]) {
              expected.add(other);
            }
          }
          assertThat(found).isEqualTo(expected);
        }
        for (int i = 0; i < 300; i++) {
          long absent = random.nextLong();
          int at = index.find(absent);
          assertThat(at == 0 || Long.compareUnsigned(index.hash(at - 1), absent) < 0).isTrue();
          assertThat(at == rowCount || Long.compareUnsigned(index.hash(at), absent) >= 0).isTrue();
        }
        assertThat(index.find(0)).isZero();
      }
    }
  }

  @Test
  void rowMapAndForeignSectionsComeBack() {
    try (Arena arena = Arena.ofConfined()) {
      SegmentReader reader =
          open(
              arena,
              bytes(
                  randomRows(1, 100)
                      .writer()
                      .withRowMap(new long[] {3, 9, 1L << 40}, new long[] {0, 1, 2})
                      .withSection("notes", "hello".getBytes(StandardCharsets.UTF_8))
                      .withSection("empty", new byte[0])));
      RowMap map = reader.rowMap().orElseThrow();
      assertThat(map.count()).isEqualTo(3);
      assertThat(map.find(9)).isEqualTo(OptionalLong.of(1));
      assertThat(map.find(1L << 40)).isEqualTo(OptionalLong.of(2));
      assertThat(map.find(4)).isEmpty();
      assertThat(map.find(Long.MAX_VALUE)).isEmpty();
      assertThat(reader.foreignSections()).containsExactly("notes", "empty");
      MemorySegment notes = reader.foreignSection("notes").orElseThrow();
      assertThat(StandardCharsets.UTF_8.decode(notes.asByteBuffer()).toString()).isEqualTo("hello");
      assertThat(reader.foreignSection("none")).isEmpty();
      assertThat(reader.keyIndex()).isEmpty();
      assertThat(reader.ordinalOf(3)).hasValue(2);
      assertThat(reader.ordinalOf(99)).isEmpty();
    }
  }

  @Test
  void aRowMapIsReadWithoutTheRows() {
    byte[] file =
        bytes(
            randomRows(1, 5_000)
                .writer()
                .withRowMap(new long[] {3, 9, 1L << 40}, new long[] {0, 1, 2}));
    AtomicInteger read = new AtomicInteger();
    RowMapReader.Source source =
        (offset, length) -> {
          read.addAndGet(length);
          return Arrays.copyOfRange(file, (int) offset, (int) offset + length);
        };
    RowMap map = RowMapReader.read("one", file.length, source).orElseThrow();
    assertThat(map.count()).isEqualTo(3);
    assertThat(map.find(9)).isEqualTo(OptionalLong.of(1));
    assertThat(read.get()).isLessThan(file.length / 2);
    byte[] without = bytes(randomRows(1, 10).writer());
    assertThat(
            RowMapReader.read(
                "none",
                without.length,
                (offset, length) ->
                    Arrays.copyOfRange(without, (int) offset, (int) offset + length)))
        .isEmpty();
    assertThatThrownBy(() -> RowMapReader.read("cut", file.length - 1, source))
        .hasMessageContaining("damaged");
  }

  private static Rows small() {
    return one(ObjectColumn.of(SqlType.TEXT, 4, new @Nullable Object[] {"a", null, "b", "a"}));
  }

  @Test
  void everyCutIsFoundWhenOpened() {
    byte[] file = bytes(small().writer());
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      try (Arena arena = Arena.ofConfined()) {
        assertThatThrownBy(() -> open(arena, cut))
            .isInstanceOfSatisfying(
                QuiverException.class,
                e -> {
                  assertThat(e.state()).isEqualTo(SqlState.DATA_CORRUPTED);
                  assertThat(e.message()).contains("data/1/test.seg");
                });
      }
    }
  }

  @Test
  void everyFlippedBitIsFoundOrLiesBetweenTheSections() {
    Rows rows = randomRows(11, 70);
    List<Column> columns = rows.columns().subList(0, rows.columns().size() - 1);
    SegmentDescription description =
        new SegmentDescription(
            7, 42, 3, 70, rows.description().columns().subList(0, columns.size()));
    byte[] file =
        bytes(
            new Rows(description, columns, rows.commitTimestamps())
                .writer()
                .withKeyIndex(rows.commitTimestamps())
                .withRowMap(new long[] {1}, new long[] {2})
                .withSection("notes", new byte[] {1, 2, 3}));
    Set<Integer> unnoticed = new HashSet<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(file.length, 64);
      memory.copyFrom(MemorySegment.ofArray(file));
      for (int bit = 0; bit < file.length * 8; bit++) {
        int at = bit >> 3;
        byte flipped = (byte) (file[at] ^ (1 << (bit & 7)));
        memory.set(SegmentFormat.BYTE, at, flipped);
        try {
          List<QuiverException> problems = SegmentReader.open("damaged.seg", memory).verify();
          if (problems.isEmpty()) {
            unnoticed.add(at);
          }
          assertThat(problems)
              .allSatisfy(e -> {
                assertThat(e.state()).isEqualTo(SqlState.DATA_CORRUPTED);
                assertThat(e.message()).contains("damaged.seg");
              });
        } catch (QuiverException e) {
          assertThat(e.state()).isEqualTo(SqlState.DATA_CORRUPTED);
          assertThat(e.message()).contains("damaged.seg");
        }
        memory.set(SegmentFormat.BYTE, at, file[at]);
      }
    }
    // Only the zeros that fill up to the next multiple of 64 belong to no section.
    assertThat(unnoticed).allSatisfy(at -> assertThat(file[at]).isZero());
    assertThat(unnoticed).hasSizeLessThan(63 * (columns.size() + 8));
  }

  @Test
  void damagedBlockIsNamedAndOthersAreStillRead() {
    Rows rows = randomRows(2, 20_000);
    byte[] file = bytes(rows.writer());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(file.length, 64);
      memory.copyFrom(MemorySegment.ofArray(file));
      VectorColumn vectors = SegmentReader.open("a", memory).vectors(rows.columns().size() - 1);
      long at = vectors.rows().address() - memory.address() + 5000L * 384 * 4;
      memory.set(SegmentFormat.BYTE, at, (byte) (memory.get(SegmentFormat.BYTE, at) ^ 1));
      SegmentReader reader = SegmentReader.open("data/9.seg", memory);
      int ordinal = rows.columns().size() - 1;
      assertThat(reader.column(ordinal, 0, 4000).rowCount()).isEqualTo(4000);
      assertThatThrownBy(() -> reader.gather(ordinal, new int[] {4998, 5001, 5002, 5003}, 0, 4))
          .isInstanceOfSatisfying(
              QuiverException.class,
              e -> {
                assertThat(e.state()).isEqualTo(SqlState.DATA_CORRUPTED);
                assertThat(e.message())
                    .contains("data/9.seg")
                    .contains("block 9 of column " + (ordinal + 1));
              });
      assertThatThrownBy(() -> reader.vectors(ordinal)).isInstanceOf(QuiverException.class);
      assertThat(reader.verify()).hasSize(1);
    }
  }
}
