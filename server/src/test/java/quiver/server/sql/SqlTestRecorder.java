package quiver.server.sql;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.server.sql.SqlTestFile.Block;

/// Asks a PostgreSQL server for the answers of golden files: `SqlTestRecorder record|check URL
/// FILE…`. `record` rewrites the expected answers, `check` reports where they differ; blocks that
/// only Quiver can answer are left alone. `adopt` takes the answers of the server at URL for the
/// Quiver-only blocks too: read the difference before committing it.
public final class SqlTestRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(SqlTestRecorder.class);

  private SqlTestRecorder() {}

  public static void main(String[] arguments) throws Exception {
    String mode = arguments[0];
    String url = arguments[1];
    int differences = 0;
    for (int i = 2; i < arguments.length; i++) {
      SqlTestFile file = SqlTestFile.read(Path.of(arguments[i]));
      List<List<String>> answers = new ArrayList<>();
      try (SqlTestSession session = new SqlTestSession(url)) {
        session.clean();
        for (Block block : file.blocks()) {
          boolean asked =
              !block.request().isEmpty() && (mode.equals("adopt") || !file.quiverOnly(block));
          List<String> answer = asked ? session.answer(block) : block.expected();
          answers.add(answer);
          if (!answer.equals(block.expected())) {
            differences++;
            LOG.warn(
                "{}:{}: {}\n  expected {}\n  answered {}",
                file.path(),
                block.line(),
                block.request(),
                block.expected(),
                answer);
          }
        }
      }
      if (!mode.equals("check")) {
        file.write(answers);
      }
    }
    LOG.warn("{} differences", differences);
    System.exit(mode.equals("check") && differences > 0 ? 1 : 0);
  }
}
