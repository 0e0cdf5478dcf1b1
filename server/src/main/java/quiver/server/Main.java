package quiver.server;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/// The command line.
public final class Main {
  /// Exit code of a command that could not do its work.
  static final int FAILURE = 1;

  private Main() {}

  public static void main(String[] arguments) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    System.exit(new Commands(out, err).run(arguments));
  }

  /// The parser of the whole command line; a wrong word gives one line and exit code 2.
  static CommandLine commandLine(Object root, PrintStream err) {
    CommandLine commandLine = new CommandLine(root);
    commandLine.setParameterExceptionHandler((exception, _) -> {
      err.println("quiver: " + exception.getMessage() + " (see bin/quiver --help)");
      return exception.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
    });
    return commandLine;
  }
}
