package quiver.frontend.pgwire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Speaks the protocol byte by byte.
public final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  /// A message from the server.
  public record Reply(char type, byte[] body) {
    /// Fields of an ErrorResponse or NoticeResponse.
    public Map<Character, String> fields() {
      Map<Character, String> fields = new TreeMap<>();
      int at = 0;
      while (body[at] != 0) {
        int end = at + 1;
        while (body[end] != 0) {
          end++;
        }
        fields.put((char) body[at], new String(body, at + 1, end - at - 1, StandardCharsets.UTF_8));
        at = end + 1;
      }
      return fields;
    }

    /// The body up to the first NUL.
    public String text() {
      return new String(body, StandardCharsets.UTF_8).split("\0", -1)[0];
    }

    @Override
    public String toString() {
      return switch (type) {
        case 'E', 'N' -> type + fields().toString();
        case 'C' -> "C " + text();
        case 'Z' -> "Z " + (char) body[0];
        default -> String.valueOf(type);
      };
    }
  }

  /// Writes a message body.
  public interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  public RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
  }

  /// A client that has started a session.
  public static RawClient started(int port) throws IOException {
    RawClient client = new RawClient(port);
    client.startup(3 << 16, "user", "ann", "database", "quiver");
    client.untilReady();
    return client;
  }

  public void startup(int version, String... parameters) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream body = new DataOutputStream(bytes);
    body.writeInt(version);
    for (String parameter : parameters) {
      string(body, parameter);
    }
    body.writeByte(0);
    out.writeInt(bytes.size() + 4);
    out.write(bytes.toByteArray());
    out.flush();
  }

  public void raw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  public int readByte() throws IOException {
    return in.read();
  }

  public static void string(DataOutputStream body, String text) throws IOException {
    body.write(text.getBytes(StandardCharsets.UTF_8));
    body.writeByte(0);
  }

  public RawClient send(char type, Body writer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.write(new DataOutputStream(bytes));
    out.writeByte(type);
    out.writeInt(bytes.size() + 4);
    out.write(bytes.toByteArray());
    out.flush();
    return this;
  }

  public RawClient query(String text) throws IOException {
    return send('Q', body -> string(body, text));
  }

  public RawClient parse(String name, String text) throws IOException {
    return send(
        'P',
        body -> {
          string(body, name);
          string(body, text);
          body.writeShort(0);
        });
  }

  public RawClient bind(String portal, String statement, String... values) throws IOException {
    return send(
        'B',
        body -> {
          string(body, portal);
          string(body, statement);
          body.writeShort(0);
          body.writeShort(values.length);
          for (String value : values) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            body.writeInt(bytes.length);
            body.write(bytes);
          }
          body.writeShort(0);
        });
  }

  public RawClient execute(String portal, int rowCountMax) throws IOException {
    return send(
        'E',
        body -> {
          string(body, portal);
          body.writeInt(rowCountMax);
        });
  }

  public RawClient sync() throws IOException {
    return send('S', body -> {});
  }

  /// The next message; null at the end of the stream.
  public Reply read() throws IOException {
    int type = in.read();
    if (type < 0) {
      throw new EOFException();
    }
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    return new Reply((char) type, body);
  }

  /// Every message up to ReadyForQuery.
  public List<Reply> untilReady() throws IOException {
    List<Reply> replies = new ArrayList<>();
    do {
      replies.add(read());
    } while (replies.getLast().type() != 'Z');
    return replies;
  }

  /// As [#untilReady], for assertions.
  public String transcript() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Reply reply : untilReady()) {
      text.append(text.isEmpty() ? "" : " | ");
      text.append(
          switch (reply.type()) {
            case 'E', 'N' -> reply.type() + " " + reply.fields().get('C');
            default -> reply.toString();
          });
    }
    return text.toString();
  }

  /// Whether the server has closed the connection, after what it still sent.
  public boolean isClosed() throws IOException {
    try {
      int last;
      do {
        last = in.read();
      } while (last >= 0);
      return true;
    } catch (java.net.SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
