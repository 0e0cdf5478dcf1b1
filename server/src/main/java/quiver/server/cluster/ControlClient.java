package quiver.server.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Sends commands to the cluster that runs over a directory.
final class ControlClient {
  private ControlClient() {}

  /// Whether a cluster runs over the directory of a control file.
  static boolean isRunning(Path file) {
    if (!Files.exists(file)) {
      return false;
    }
    try (Socket _ = connect(file)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static String[] words(Path file) throws IOException {
    String[] words = Files.readString(file).strip().split(" ", -1);
    if (words.length != 3 || !words[0].matches("[0-9]{1,5}")) {
      throw new IOException(file + " is damaged");
    }
    return words;
  }

  private static Socket connect(Path file) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(words(file)[0]));
  }

  /// Has a command carried out.
  ///
  /// @return what to print
  /// @throws QuiverException if no cluster runs there, or the command fails
  static String send(Path file, List<String> command) {
    if (!Files.exists(file)) {
      throw notRunning(file);
    }
    String answer;
    try (Socket socket = connect(file)) {
      socket
          .getOutputStream()
          .write(
              (words(file)[1] + " " + String.join(" ", command) + "\n")
                  .getBytes(StandardCharsets.UTF_8));
      answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw notRunning(file).withCause(e);
    }
    if (answer.startsWith("ok\n")) {
      return answer.substring(3);
    }
    if (answer.startsWith("error\n")) {
      throw QuiverException.ofMessage(SqlState.INVALID_PARAMETER_VALUE, answer.substring(6));
    }
    throw QuiverException.ofMessage(
        SqlState.CONNECTION_FAILURE, "the cluster ended before it had answered");
  }

  private static QuiverException notRunning(Path file) {
    return new QuiverException(
        SqlState.CONNECTION_FAILURE, "no cluster is running in %s", file.getParent());
  }
}
