package quiver.frontend.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Tab-separated tables beside this class; lines starting with `#` are comments.
final class ResourceTable {
  private static final Map<String, List<List<String>>> TABLES = new ConcurrentHashMap<>();

  private ResourceTable() {}

  /// The rows, whose fields are read once in the life of the process.
  static List<List<String>> rows(String name) {
    return TABLES.computeIfAbsent(name, ResourceTable::read);
  }

  private static List<List<String>> read(String name) {
    List<List<String>> rows = new ArrayList<>();
    try (InputStream stream = ResourceTable.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("resource " + name + " is missing");
      }
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.startsWith("#")) {
          rows.add(List.of(line.split("\t", -1)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(rows);
  }
}
