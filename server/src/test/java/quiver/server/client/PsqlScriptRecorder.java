package quiver.server.client;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import quiver.server.client.PsqlScript.Target;

/// Writes what psql prints on a PostgreSQL server down as the expectation of scripts:
/// `PsqlScriptRecorder PORT USER DATABASE FILE…`. The database should be empty.
public final class PsqlScriptRecorder {
  private PsqlScriptRecorder() {}

  public static void main(String[] arguments) throws Exception {
    Target target = new Target(Integer.parseInt(arguments[0]), arguments[1], arguments[2]);
    for (String file : Arrays.asList(arguments).subList(3, arguments.length)) {
      PsqlScript script = new PsqlScript(Path.of(file));
      Files.writeString(script.expectation(), script.run(target));
    }
  }
}
