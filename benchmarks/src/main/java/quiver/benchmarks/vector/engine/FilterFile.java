package quiver.benchmarks.vector.engine;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import quiver.common.column.RowMask;

/// Row masks on their way to an engine: one for all queries, or one a query.
final class FilterFile {
  private FilterFile() {}

  static void write(Path file, List<RowMask> masks) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      out.writeInt(masks.size());
      for (RowMask mask : masks) {
        out.writeInt(mask.rowCount());
        for (long word : mask.words()) {
          out.writeLong(word);
        }
      }
    }
  }

  static List<RowMask> read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      int count = in.readInt();
      List<RowMask> masks = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        int rowCount = in.readInt();
        long[] words = new long[(rowCount + 63) >>> 6];
        for (int j = 0; j < words.length; j++) {
          words[j] = in.readLong();
        }
        masks.add(RowMask.ofWords(words, rowCount));
      }
      return masks;
    }
  }
}
