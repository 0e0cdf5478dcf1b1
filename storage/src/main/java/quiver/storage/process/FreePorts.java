package quiver.storage.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// TCP ports of the loopback interface.
public final class FreePorts {
  private static final int CONNECT_MILLIS = 500;

  private FreePorts() {}

  /// A port nothing listens on. It may be taken by somebody else before it is used.
  public static int next() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new QuiverException(SqlState.IO_ERROR, "no free port").withCause(e);
    }
  }

  /// Whether something accepts connections.
  static boolean isOpen(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
