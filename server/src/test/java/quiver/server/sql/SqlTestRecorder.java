package quiver.server.sql;

import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a PostgreSQL server for the answers of golden files: `SqlTestRecorder record|check URL
/// FILE…`. `record` rewrites the expected answers, `check` reports where they differ; blocks that
/// only Quiver can answer are left alone. `adopt` takes the answers of the server at URL for the
/// Quiver-only blocks too: read the difference before committing it. `try` checks every block.
public final class SqlTestRecorder {
  private static final Logger LOG = LoggerFactory.getLogger(SqlTestRecorder.class);

  private SqlTestRecorder() {}

  public static void main(String[] arguments) throws Exception {
    String mode = arguments[0];
    String url = arguments[1];
    boolean all = mode.equals("adopt") || mode.equals("try");
    boolean writes = mode.equals("adopt") || mode.equals("record");
    int differences = 0;
    int blocks = 0;
    for (int i = 2; i < arguments.length; i++) {
      SqlTestFile file = SqlTestFile.read(Path.of(arguments[i]));
      SqlTestRun run = SqlTestRun.of(file, url, block -> all || !file.quiverOnly(block));
      List<String> mismatches = run.mismatches();
      mismatches.forEach(LOG::warn);
      differences += mismatches.size();
      blocks += (int) file.blocks().stream().filter(block -> !block.request().isEmpty()).count();
      if (writes) {
        file.write(run.answers());
      }
    }
    LOG.warn("{} statements, {} differences", blocks, differences);
    System.exit(!writes && differences > 0 ? 1 : 0);
  }
}
