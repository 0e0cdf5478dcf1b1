package quiver.execution.spill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.execution.rows.ColumnSizes;
import quiver.execution.source.BatchStream;

/// Rows in a temporary file: written once, then read in the order they were written. The file is
/// deleted when this is closed. Used by one thread.
public final class SpillFile implements AutoCloseable {
  /// Bytes of rows that are read back at once: many files are read side by side.
  private static final long BATCH_BYTES = 256 << 10;

  private static final int BATCH_ROWS_MIN = 16;

  private final Path path;
  private final List<SqlType> types;
  private final FileChannel channel;
  private long rowCount;
  private long sizeBytes;
  private boolean closed;

  private SpillFile(Path path, List<SqlType> types, FileChannel channel) {
    this.path = path;
    this.types = types;
    this.channel = channel;
  }

  /// Whether rows of these types can be written.
  public static boolean canHold(List<SqlType> types) {
    return types.stream().allMatch(BatchCodec::canWrite);
  }

  /// An empty file.
  public static SpillFile create(Path directory, List<SqlType> types) {
    try {
      Files.createDirectories(directory);
      Path path = Files.createTempFile(directory, "quiver-spill-", ".tmp");
      return new SpillFile(
          path,
          List.copyOf(types),
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw failed("could not create temporary file in \"%s\"", directory, e);
    }
  }

  private static QuiverException failed(String format, Path path, IOException cause) {
    return QuiverException.ofMessage(
            SqlState.IO_ERROR, String.format(Locale.ROOT, format, path) + ": " + cause.getMessage())
        .withCause(cause);
  }

  public long rowCount() {
    return rowCount;
  }

  /// Bytes written.
  public long sizeBytes() {
    return sizeBytes;
  }

  /// Appends rows, in batches that are small enough to read many files side by side.
  public void append(RowBatch batch) {
    if (batch.rowCount() == 0) {
      return;
    }
    long rowBytes = Math.max(1, ColumnSizes.of(batch) / batch.rowCount());
    int step =
        (int) Math.clamp(BATCH_BYTES / rowBytes, BATCH_ROWS_MIN, (long) RowBatch.ROW_COUNT_TARGET);
    for (int from = 0; from < batch.rowCount(); from += step) {
      write(batch.slice(from, Math.min(step, batch.rowCount() - from)));
    }
    rowCount += batch.rowCount();
  }

  private void write(RowBatch batch) {
    ByteWriter out = new ByteWriter(1024);
    out.putInt(0);
    BatchCodec.write(out, batch);
    out.setInt(0, out.sizeBytes() - 4);
    ByteBuffer bytes = out.toBuffer();
    sizeBytes += bytes.remaining();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw failed("could not write to temporary file \"%s\"", path, e);
    }
  }

  /// The rows from the start; one reader at a time, none while rows are appended. Closing the
  /// stream leaves the file open.
  public BatchStream read() {
    return new Reader();
  }

  private final class Reader implements BatchStream {
    private long position;

    @Override
    public Optional<RowBatch> next() {
      if (position >= sizeBytes) {
        return Optional.empty();
      }
      int length = fill(4).getInt();
      return Optional.of(BatchCodec.read(fill(length), types));
    }

    private ByteBuffer fill(int length) {
      ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      try {
        while (bytes.hasRemaining()) {
          int count = channel.read(bytes, position);
          if (count < 0) {
            throw new IOException("unexpected end of file");
          }
          position += count;
        }
      } catch (IOException e) {
        throw failed("could not read from temporary file \"%s\"", path, e);
      }
      return bytes.flip();
    }

    @Override
    public void close() {
      position = sizeBytes;
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      channel.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw failed("could not delete temporary file \"%s\"", path, e);
    }
  }
}
