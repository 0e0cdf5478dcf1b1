package quiver.server.sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import quiver.server.sql.SqlTestFile.Block;

/// What a server answered to the blocks of a file, in the file's order.
record SqlTestRun(SqlTestFile file, List<List<String>> answers) {

  /// Asks the server at `url` for the chosen blocks, in a clean schema; the others keep the answers
  /// that the file expects.
  static SqlTestRun of(SqlTestFile file, String url, Predicate<Block> chosen) throws SQLException {
    List<List<String>> answers = new ArrayList<>();
    try (SqlTestSession session = new SqlTestSession(url)) {
      session.clean();
      for (Block block : file.blocks()) {
        boolean asked = !block.request().isEmpty() && chosen.test(block);
        answers.add(asked ? session.answer(block) : block.expected());
      }
    }
    return new SqlTestRun(file, answers);
  }

  /// One text for each block whose answer is not the expected one.
  List<String> mismatches() {
    List<String> mismatches = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      Block block = file.blocks().get(i);
      if (!answers.get(i).equals(block.expected())) {
        mismatches.add(
            file.path()
                + ":"
                + block.line()
                + ": "
                + block.request()
                + lines("\n  expected ", block.expected())
                + lines("\n  answered ", answers.get(i)));
      }
    }
    return mismatches;
  }

  private static String lines(String label, List<String> lines) {
    return label + String.join("\n           ", lines);
  }
}
