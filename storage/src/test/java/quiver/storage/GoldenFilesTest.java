package quiver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.common.column.Column;
import quiver.storage.file.SystemDisk;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.log.local.LocalLogBroker;
import quiver.storage.log.local.LocalLogOptions;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.local.LocalMetaStore;
import quiver.storage.record.LogRecord;
import quiver.storage.segment.KeyIndex;
import quiver.storage.segment.SegmentReader;

/// Reads the stored sample of every format, so that no change of the code can change a format
/// unnoticed.
final class GoldenFilesTest {
  @TempDir Path directory;

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = GoldenFilesTest.class.getResourceAsStream("/golden/" + name)) {
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }

  @Test
  void presentVersionWritesTheSamples() throws IOException {
    for (Map.Entry<String, byte[]> file : GoldenFiles.all().entrySet()) {
      assertThat(golden(file.getKey())).as(file.getKey()).isEqualTo(file.getValue());
    }
  }

  @Test
  void logRecordIsRead() throws IOException {
    LogRecord record = LogRecord.decode(ByteBuffer.wrap(golden("log-record-v1.bin")));
    assertThat(record.header()).isEqualTo(GoldenFiles.record().header());
    assertThat(record.chain()).isEqualTo(GoldenFiles.record().chain());
    assertThat(StandardCharsets.UTF_8.decode(record.body()).toString()).isEqualTo("body");
  }

  @Test
  void channelLogIsRead() throws IOException {
    Path channel = directory.resolve("channel-0");
    Files.createDirectories(channel);
    Files.write(channel.resolve("00000000000000000000.qlog"), golden("channel-log-v1.qlog"));
    List<String> texts = new ArrayList<>();
    try (LocalLogBroker broker =
            LocalLogBroker.openInline(new SystemDisk(), directory, LocalLogOptions.DEFAULTS);
        LogReader reader = broker.openReader("channel-0", 0)) {
      for (Optional<LogEntry> entry = reader.poll(); entry.isPresent(); entry = reader.poll()) {
        texts.add(StandardCharsets.UTF_8.decode(entry.get().record()).toString());
      }
    }
    assertThat(texts).containsExactly("first", "second record", "3");
  }

  @Test
  void metaFileIsRead() throws IOException {
    Files.write(directory.resolve("meta.qmeta"), golden("meta-v1.qmeta"));
    try (LocalMetaStore store =
        LocalMetaStore.openInline(new SystemDisk(), directory, new ManualClock())) {
      assertThat(store.list("").revision()).isEqualTo(2);
      assertThat(store.list("").entries()).extracting(KeyValue::key).containsExactly("c", "name/b");
      KeyValue b = store.get("name/b").orElseThrow();
      assertThat(b.createRevision()).isEqualTo(1);
      assertThat(new String(b.value(), StandardCharsets.UTF_8)).isEqualTo("2");
    }
  }

  @Test
  void segmentIsRead() throws IOException {
    byte[] file = golden("segment-v1.seg");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(file.length, 64);
      memory.copyFrom(MemorySegment.ofArray(file));
      SegmentReader reader = SegmentReader.open("segment-v1.seg", memory);
      assertThat(reader.verify()).isEmpty();
      List<Column> columns = GoldenFiles.columns();
      for (int ordinal = 0; ordinal < columns.size(); ordinal++) {
        Column expected = columns.get(ordinal);
        Column actual = reader.column(ordinal, 0, 5);
        assertThat(actual.type()).isEqualTo(expected.type());
        for (int row = 0; row < 5; row++) {
          assertThat(actual.valueAt(row)).isEqualTo(expected.valueAt(row));
        }
      }
      assertThat(reader.commitTimestamps()).containsExactly(100, 100, 101, 101, 102);
      KeyIndex index = reader.keyIndex().orElseThrow();
      assertThat(index.row(index.find(5))).isEqualTo(1);
      assertThat(index.row(index.find(-1))).isZero();
      assertThat(reader.rowMap().orElseThrow().find(8)).hasValue(4);
    }
  }
}
