package quiver.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.VectorColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.storage.fault.SimulatedDisk;
import quiver.storage.log.LogWriter;
import quiver.storage.log.local.LocalLogBroker;
import quiver.storage.log.local.LocalLogOptions;
import quiver.storage.meta.Guard;
import quiver.storage.meta.Put;
import quiver.storage.meta.local.LocalMetaStore;
import quiver.storage.record.Epoch;
import quiver.storage.record.LogRecord;
import quiver.storage.record.RecordChain;
import quiver.storage.record.RecordHeader;
import quiver.storage.record.RecordType;
import quiver.storage.segment.SegmentColumn;
import quiver.storage.segment.SegmentDescription;
import quiver.storage.segment.SegmentWriter;

/// One small file of every stored format, as this version writes it. `main` writes them as
/// resources when a format gets a new version; the old ones stay, because readers must keep reading
/// them.
public final class GoldenFiles {

  private GoldenFiles() {}

  /// File name to content.
  static Map<String, byte[]> all() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("log-record-v1.bin", record().encode().array());
    files.put("channel-log-v1.qlog", channelLog());
    files.put("meta-v1.qmeta", meta());
    files.put("segment-v1.seg", segment());
    return files;
  }

  static LogRecord record() {
    RecordChain chain = new RecordChain(new Epoch(7, 2));
    var _ =
        chain.next(
            RecordType.BARRIER, 0, 100, 0, 0, RecordHeader.NO_TRANSACTION, ByteBuffer.allocate(0));
    return chain.next(
        RecordType.COMMIT1,
        5,
        101,
        17,
        3,
        new UUID(0x0011223344556677L, 0x8899aabbccddeeffL),
        ByteBuffer.wrap("body".getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] channelLog() {
    SimulatedDisk disk = new SimulatedDisk();
    Path root = Path.of("/log");
    try (LocalLogBroker broker = LocalLogBroker.openInline(disk, root, LocalLogOptions.DEFAULTS);
        LogWriter writer = broker.openWriter("channel-0")) {
      for (String text : List.of("first", "second record", "3")) {
        var _ =
            writer
                .append(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)))
                .await(Duration.ZERO);
      }
    }
    return disk.read(root.resolve("channel-0").resolve("00000000000000000000.qlog"));
  }

  private static byte[] meta() {
    SimulatedDisk disk = new SimulatedDisk();
    Path root = Path.of("/meta");
    try (LocalMetaStore store = LocalMetaStore.openInline(disk, root, new ManualClock())) {
      store.commit(List.of(), List.of(put("name/a", "1"), put("name/b", "2")), List.of());
    }
    try (LocalMetaStore store = LocalMetaStore.openInline(disk, root, new ManualClock())) {
      store.commit(List.of(Guard.absent("c")), List.of(put("c", "3")), List.of("name/a"));
    }
    return disk.read(root.resolve("meta.qmeta"));
  }

  private static Put put(String key, String value) {
    return new Put(key, value.getBytes(StandardCharsets.UTF_8));
  }

  /// The columns of the sample segment.
  static List<Column> columns() {
    int rows = 5;
    SqlType vector = SqlType.of(BaseType.VECTOR, 2);
    return List.of(
        new LongColumn(SqlType.INT8, rows, new long[] {10, 11, 12, 300, 14}, Nulls.NONE),
        new DoubleColumn(
            SqlType.FLOAT8, rows, new double[] {0.5, 0.1, 0, -1, 2}, Nulls.ofWords(new long[] {4})),
        ObjectColumn.of(
            SqlType.TEXT, rows, new @Nullable Object[] {"noun", "verb", "noun", null, "noun"}),
        VectorColumn.ofArray(
            vector,
            2,
            rows,
            new float[] {1, 2, 3, 4, 5, 6, 7, 8, 0, 0},
            Nulls.ofWords(new long[] {16})));
  }

  private static byte[] segment() throws IOException {
    List<Column> columns = columns();
    List<SegmentColumn> described =
        columns.stream()
            .map(column -> new SegmentColumn(columns.indexOf(column) + 1, column.type()))
            .toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SegmentWriter(
            new SegmentDescription(7, 42, 3, 5, described),
            (ordinal, from, count) -> columns.get(ordinal).slice(from, count),
            new long[] {100, 100, 101, 101, 102})
        .withKeyIndex(new long[] {-1, 5, 1L << 60, 5, 0})
        .withRowMap(new long[] {1, 8}, new long[] {3, 4})
        .withSection("notes", new byte[] {1, 2, 3})
        .writeTo(Channels.newChannel(out));
    return out.toByteArray();
  }

  /// Writes the files.
  ///
  /// @param args the directory
  public static void main(String[] args) throws IOException {
    for (Map.Entry<String, byte[]> file : all().entrySet()) {
      Files.write(Path.of(args[0]).resolve(file.getKey()), file.getValue());
    }
  }
}
