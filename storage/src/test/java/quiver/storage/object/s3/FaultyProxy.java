package quiver.storage.object.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/// Stands between a client and a server and spoils chosen connections.
final class FaultyProxy implements AutoCloseable {
  private static final int PASS_ALL = Integer.MAX_VALUE;
  private static final int BUSY = -1;

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int target;
  private final Deque<Integer> faults = new ConcurrentLinkedDeque<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  FaultyProxy(int target) throws IOException {
    this.target = target;
    var _ = Thread.ofVirtual().name("proxy").start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /// The next new connection is answered with 503.
  void beBusyOnce() {
    arm(BUSY);
  }

  /// The next new connection gets so many bytes of the answer, then it breaks.
  void cutAnswerOnce(int bytes) {
    arm(bytes);
  }

  private void arm(int fault) {
    faults.add(fault);
    open.forEach(FaultyProxy::close);
  }

  boolean hasPendingFaults() {
    return !faults.isEmpty();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Integer fault = faults.poll();
        serve(client, fault == null ? PASS_ALL : fault);
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client, int fault) throws IOException {
    open.add(client);
    if (fault == BUSY) {
      var _ = Thread.ofVirtual().name("busy").start(() -> refuse(client));
      return;
    }
    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
    var _ = Thread.ofVirtual().name("up").start(() -> pump(client, server, PASS_ALL));
    var _ = Thread.ofVirtual().name("down").start(() -> pump(server, client, fault));
  }

  private static void refuse(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      // Headers end with an empty line; a body may follow and is not waited for.
      int matched = 0;
      for (int next = in.read(); next >= 0 && matched < 4; next = matched < 4 ? in.read() : 0) {
        matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
      }
      client
          .getOutputStream()
          .write(
              "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      close(client);
    }
  }

  private static void pump(Socket from, Socket to, int bytes) {
    byte[] buffer = new byte[8192];
    int left = bytes;
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0 && left > 0; read = in.read(buffer)) {
        int passed = Math.min(read, left);
        out.write(buffer, 0, passed);
        left -= bytes == PASS_ALL ? 0 : passed;
        if (left == 0) {
          return;
        }
      }
    } catch (IOException e) {
      close(from);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    open.forEach(FaultyProxy::close);
  }
}
