package quiver.jdbc.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A front end that can be cut off: passes bytes on to a real server, until it is told to stop.
/// Thread-safe, for one connection at a time where it counts.
final class Proxy implements AutoCloseable {
  /// What becomes of the next bytes of a client.
  enum Fate {
    PASS,
    /// Everything is cut before the server sees them.
    CUT_BEFORE,
    /// The server sees them, the client never hears of it.
    CUT_AFTER
  }

  private final ServerSocket listener;
  private final int target;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile Fate fate = Fate.PASS;
  private volatile boolean isClosed;
  private final AtomicInteger copies = new AtomicInteger();

  private Proxy(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  static Proxy start(int target) {
    try {
      Proxy proxy = new Proxy(target);
      run("proxy-accept", proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  /// How many COPY statements went by.
  int copies() {
    return copies.get();
  }

  void next(Fate next) {
    fate = next;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        if (isClosed) {
          // A thread that waits for connections may still be given one after the listener's end.
          client.close();
          return;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(client);
        sockets.add(server);
        run("proxy-up", () -> pass(client, server, true));
        run("proxy-down", () -> pass(server, client, false));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void pass(Socket from, Socket to, boolean isUp) {
    byte[] bytes = new byte[1 << 16];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        if (isUp && fate == Fate.CUT_BEFORE) {
          close();
          return;
        }
        if (!isUp && fate == Fate.CUT_AFTER) {
          close();
          return;
        }
        if (isUp && new String(bytes, 0, n, ISO_8859_1).contains("FROM STDIN")) {
          copies.incrementAndGet();
        }
        out.write(bytes, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      // cut
    }
  }

  /// Cuts every connection and takes no more.
  @Override
  public void close() {
    isClosed = true;
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
