package quiver.storage.process;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// An S3 server over a folder (s3proxy), for one machine. It keeps its port, so that it can be
/// killed and started again.
public final class S3Server implements AutoCloseable {
  private static final int HEAP_MEGABYTES = 256;

  private final Path libraries;
  private final Path log;
  private final int port;
  private final Path configuration;
  private final Path logging;
  private final ChildProcess.Session session;
  private ChildProcess process;

  /// Starts the server and returns when it accepts connections.
  ///
  /// @param libraries the folder with the server's jars
  public S3Server(
      Path libraries, Path dataDirectory, Path log, int port, String accessKey, String secretKey) {
    this(libraries, dataDirectory, log, port, accessKey, secretKey, ChildProcess.Session.SHARED);
  }

  /// As the other constructor, with a choice of session.
  public S3Server(
      Path libraries,
      Path dataDirectory,
      Path log,
      int port,
      String accessKey,
      String secretKey,
      ChildProcess.Session session) {
    this.session = session;
    this.libraries = libraries;
    this.log = log;
    this.port = port;
    this.configuration = dataDirectory.resolveSibling(dataDirectory.getFileName() + ".properties");
    this.logging = dataDirectory.resolveSibling(dataDirectory.getFileName() + "-logback.xml");
    String text =
        String.format(
            Locale.ROOT,
            """
            s3proxy.endpoint=http://127.0.0.1:%d
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=%s
            s3proxy.credential=%s
            jclouds.provider=filesystem-nio2
            jclouds.identity=local
            jclouds.credential=local
            jclouds.filesystem.basedir=%s
            """,
            port,
            accessKey,
            secretKey,
            dataDirectory.toAbsolutePath());
    String loggingText =
        """
        <configuration>
          <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
            <encoder><pattern>%d %-5level %logger{20}: %msg%n</pattern></encoder>
          </appender>
          <root level="warn"><appender-ref ref="out"/></root>
        </configuration>
        """;
    try {
      Files.createDirectories(dataDirectory);
      Files.writeString(configuration, text);
      Files.writeString(logging, loggingText);
    } catch (IOException e) {
      throw new QuiverException(SqlState.IO_ERROR, "could not write %s", configuration)
          .withCause(e);
    }
    this.process = launch();
  }

  private ChildProcess launch() {
    List<String> command =
        new ArrayList<>(
            JavaProgram.command(
                libraries,
                HEAP_MEGABYTES,
                List.of("-Dlogback.configurationFile=" + logging.toAbsolutePath()),
                "org.gaul.s3proxy.Main"));
    command.addAll(List.of("--properties", configuration.toString()));
    ChildProcess started = ChildProcess.start("s3proxy", command, log, session);
    started.awaitStart(() -> FreePorts.isOpen(port));
    return started;
  }

  /// Where clients connect.
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /// The running process.
  public ChildProcess process() {
    return process;
  }

  /// Starts it again on the same data after it was killed.
  public void restart() {
    process.close();
    process = launch();
  }

  @Override
  public void close() {
    process.close();
  }
}
