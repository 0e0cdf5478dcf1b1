package quiver.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;

class OtherServerTest {
  @Test
  void aServerThatIsNotQuiverIsNamed() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread = new Thread(() -> welcome(listener), "other-server");
      thread.setDaemon(true);
      thread.start();
      String address = "127.0.0.1:" + listener.getLocalPort();
      assertThatThrownBy(() ->
              DriverManager.getConnection(
                  "jdbc:quiver://"
                      + address
                      + "/db?user=u&sslmode=disable&gssEncMode=disable&"
                      + "assumeMinServerVersion=15"))
          .hasMessageContaining("the server at " + address + " is not Quiver")
          .hasMessageContaining("its version is \"16.1 (Debian)\"")
          .hasMessageContaining("jdbc:postgresql:");
    }
  }

  /// Lets a client in as PostgreSQL does.
  private static void welcome(ServerSocket listener) {
    try (Socket client = listener.accept()) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      in.skipNBytes(in.readInt() - 4);
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      message(out, 'R', new byte[4]);
      for (String status :
          new String[] {
            "server_version\0" + "16.1 (Debian)\0",
            "client_encoding\0UTF8\0",
            "server_encoding\0UTF8\0",
            "DateStyle\0ISO, MDY\0",
            "integer_datetimes\0on\0",
            "standard_conforming_strings\0on\0"
          }) {
        message(out, 'S', status.getBytes(StandardCharsets.UTF_8));
      }
      message(out, 'K', new byte[8]);
      message(out, 'Z', new byte[] {'I'});
      out.flush();
      client.getInputStream().read();
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private static void message(DataOutputStream out, char type, byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(body);
    out.writeByte(type);
    out.writeInt(4 + bytes.size());
    out.write(bytes.toByteArray());
  }
}
