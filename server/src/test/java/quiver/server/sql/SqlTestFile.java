package quiver.server.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A golden file: blocks of one request and its expected answer, in the form
///
/// ```
/// # a comment
/// SELECT 1 AS one
/// ----
/// one
/// 1
/// ```
///
/// An empty line ends a block. Directives are comment lines before the request: `# quiver-only`
/// (PostgreSQL is not asked), `# unordered` (rows are compared as a bag), `# connection NAME`
/// (another session of the same file). `# quiver-only` alone in the first block of a file holds for
/// all blocks.
record SqlTestFile(Path path, List<Block> blocks) {
  static final String SEPARATOR = "----";

  /// @param leading comment and directive lines before the request
  /// @param line where the request starts, from 1
  record Block(List<String> leading, String request, List<String> expected, int line) {
    boolean has(String directive) {
      return leading.contains("# " + directive);
    }

    String connection() {
      for (String line : leading) {
        if (line.startsWith("# connection ")) {
          return line.substring("# connection ".length());
        }
      }
      return "main";
    }
  }

  static SqlTestFile read(Path path) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<String> leading = new ArrayList<>();
    List<String> request = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    boolean answering = false;
    int start = 0;
    List<String> lines = new ArrayList<>(Files.readAllLines(path));
    lines.add("");
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isEmpty()) {
        if (!leading.isEmpty() || !request.isEmpty()) {
          blocks.add(
              new Block(
                  List.copyOf(leading), String.join("\n", request), List.copyOf(expected), start));
        }
        leading.clear();
        request.clear();
        expected.clear();
        answering = false;
      } else if (answering) {
        expected.add(line);
      } else if (line.equals(SEPARATOR)) {
        answering = true;
      } else if (request.isEmpty() && line.startsWith("#")) {
        leading.add(line);
      } else {
        if (request.isEmpty()) {
          start = i + 1;
        }
        request.add(line);
      }
    }
    return new SqlTestFile(path, blocks);
  }

  /// Whether PostgreSQL cannot answer a block.
  boolean quiverOnly(Block block) {
    Block first = blocks.getFirst();
    return block.has("quiver-only") || (first.request().isEmpty() && first.has("quiver-only"));
  }

  /// Writes the file with these answers in place of the expected ones.
  void write(List<List<String>> answers) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      text.append(i == 0 ? "" : "\n");
      block.leading().forEach(line -> text.append(line).append('\n'));
      if (!block.request().isEmpty()) {
        text.append(block.request()).append('\n').append(SEPARATOR).append('\n');
        answers.get(i).forEach(line -> text.append(line).append('\n'));
      }
    }
    Files.writeString(path, text);
  }
}
