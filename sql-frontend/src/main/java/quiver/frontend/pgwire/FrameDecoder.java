package quiver.frontend.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Cuts a connection's bytes into [Inbound] messages; answers encryption and cancel requests by
/// itself. A body is allocated as its bytes arrive, never from a claimed length alone. Used by the
/// connection's event loop only.
final class FrameDecoder extends ChannelInboundHandlerAdapter {
  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_ENCRYPTION_REQUEST = 80877104;
  private static final int CANCEL_REQUEST = 80877102;
  private static final int BODY_SIZE_FIRST_BYTES = 64 << 10;

  private final CancelTarget cancelTarget;
  private State state = State.STARTUP_HEADER;
  private final byte[] header = new byte[5];
  private int headerFilled;
  private byte type;
  private int bodyLength;
  private byte[] body = new byte[0];
  private int bodyFilled;
  private long skipLeft;
  private final @Nullable TlsAcceptor tls;
  private boolean sslAnswered;
  private boolean gssRefused;
  private boolean isEncrypted;

  /// Set by the session's thread once the client is let in: until then messages are small.
  private volatile boolean isLetIn;

  private enum State {
    STARTUP_HEADER,
    STARTUP_BODY,
    HEADER,
    BODY,
    SKIP,
    CLOSED
  }

  /// Where cancel requests go.
  interface CancelTarget {
    /// Cancels the statement of the session with this key, if there is one.
    void cancel(int pid, int key);
  }

  /// @param tls encrypts connections that ask for it; null: none does
  FrameDecoder(CancelTarget cancelTarget, @Nullable TlsAcceptor tls) {
    this.cancelTarget = cancelTarget;
    this.tls = tls;
  }

  /// The client is authenticated; for the session's thread.
  void letIn() {
    isLetIn = true;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (isDirectTls(in)) {
      encrypt(context);
      context.pipeline().fireChannelRead(in);
      return;
    }
    try {
      while (in.isReadable() && state != State.CLOSED) {
        switch (state) {
          case STARTUP_HEADER -> startupHeader(context, in);
          case STARTUP_BODY -> {
            if (fillBody(in)) {
              startupPacket(context, in);
            }
          }
          case HEADER -> messageHeader(context, in);
          case BODY -> {
            if (fillBody(in)) {
              emit(context);
            }
          }
          case SKIP -> skip(context, in);
          case CLOSED -> in.skipBytes(in.readableBytes());
        }
      }
    } finally {
      in.release();
    }
  }

  /// Whether a connection begins with TLS instead of a startup packet, whose first byte is 0.
  private boolean isDirectTls(ByteBuf in) {
    return tls != null
        && !sslAnswered
        && state == State.STARTUP_HEADER
        && headerFilled == 0
        && in.isReadable()
        && in.getByte(in.readerIndex()) == TlsAcceptor.HANDSHAKE;
  }

  private void encrypt(ChannelHandlerContext context) {
    sslAnswered = true;
    isEncrypted = true;
    context.pipeline().addFirst(Objects.requireNonNull(tls).newHandler(context.alloc()));
  }

  private boolean fillHeader(ByteBuf in, int size) {
    int count = Math.min(size - headerFilled, in.readableBytes());
    in.readBytes(header, headerFilled, count);
    headerFilled += count;
    if (headerFilled < size) {
      return false;
    }
    headerFilled = 0;
    return true;
  }

  private int headerInt(int at) {
    return (header[at] & 0xff) << 24
        | (header[at + 1] & 0xff) << 16
        | (header[at + 2] & 0xff) << 8
        | (header[at + 3] & 0xff);
  }

  private void startBody(int length) {
    bodyLength = length;
    bodyFilled = 0;
    body = new byte[Math.min(length, BODY_SIZE_FIRST_BYTES)];
  }

  private boolean fillBody(ByteBuf in) {
    while (bodyFilled < bodyLength && in.isReadable()) {
      if (bodyFilled == body.length) {
        body = Arrays.copyOf(body, (int) Math.min(bodyLength, 2L * body.length));
      }
      int count = Math.min(body.length - bodyFilled, in.readableBytes());
      in.readBytes(body, bodyFilled, count);
      bodyFilled += count;
    }
    return bodyFilled == bodyLength;
  }

  private void startupHeader(ChannelHandlerContext context, ByteBuf in) {
    if (!fillHeader(in, 4)) {
      return;
    }
    int length = headerInt(0) - 4;
    if (length < 4 || length > WireLimits.STARTUP_PACKET_SIZE_BYTES_MAX) {
      // Not our protocol (TLS, HTTP, …): PostgreSQL hangs up without a word.
      close(context);
      return;
    }
    startBody(length);
    state = State.STARTUP_BODY;
  }

  private void startupPacket(ChannelHandlerContext context, ByteBuf in) {
    state = State.STARTUP_HEADER;
    int code = new MessageReader(body).int32();
    if (code == CANCEL_REQUEST) {
      if (bodyLength >= 12) {
        MessageReader reader = new MessageReader(body);
        reader.int32();
        cancelTarget.cancel(reader.int32(), reader.int32());
      }
      close(context);
    } else if ((code == SSL_REQUEST && !sslAnswered)
        || (code == GSS_ENCRYPTION_REQUEST && !gssRefused)) {
      encryptionRequest(context, in, code);
    } else if (code >>> 16 != 3) {
      fatal(
          context,
          new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "unsupported frontend protocol %d.%d: server supports 3.0 to 3.2",
              code >>> 16,
              code & 0xffff));
    } else if (tls != null && tls.isRequired() && !isEncrypted) {
      fatal(
          context,
          new QuiverException(
                  SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                  "this server accepts encrypted connections only")
              .withHint("Connect with sslmode=require."));
    } else {
      try {
        context.fireChannelRead(new Inbound.Startup(code & 0xffff, startupParameters()));
        state = State.HEADER;
      } catch (QuiverException e) {
        fatal(context, e);
      }
    }
    body = new byte[0];
  }

  private void encryptionRequest(ChannelHandlerContext context, ByteBuf in, int code) {
    boolean isAccepted = code == SSL_REQUEST && tls != null;
    sslAnswered |= code == SSL_REQUEST;
    gssRefused |= code == GSS_ENCRYPTION_REQUEST;
    if (in.isReadable()) {
      fatal(
          context,
          new QuiverException(
                  SqlState.PROTOCOL_VIOLATION,
                  "received unencrypted data after %s request",
                  code == SSL_REQUEST ? "SSL" : "GSSAPI encryption")
              .withDetail(
                  "This could be either a client-software bug or evidence of an attempted"
                      + " man-in-the-middle attack."));
      return;
    }
    ByteBuf answer = Unpooled.wrappedBuffer(new byte[] {(byte) (isAccepted ? 'S' : 'N')});
    var _ = context.writeAndFlush(answer, context.voidPromise());
    if (isAccepted) {
      encrypt(context);
    }
  }

  private Map<String, String> startupParameters() {
    Map<String, String> parameters = new HashMap<>();
    int at = 4;
    while (true) {
      int nameEnd = stringEnd(at);
      if (nameEnd == at) {
        if (nameEnd != bodyLength - 1) {
          throw badLayout();
        }
        return parameters;
      }
      int valueEnd = stringEnd(nameEnd + 1);
      parameters.put(
          new String(body, at, nameEnd - at, StandardCharsets.UTF_8),
          new String(body, nameEnd + 1, valueEnd - nameEnd - 1, StandardCharsets.UTF_8));
      at = valueEnd + 1;
    }
  }

  private int stringEnd(int from) {
    for (int i = from; i < bodyLength; i++) {
      if (body[i] == 0) {
        return i;
      }
    }
    throw badLayout();
  }

  private static QuiverException badLayout() {
    return new QuiverException(
        SqlState.PROTOCOL_VIOLATION,
        "invalid startup packet layout: expected terminator as last byte");
  }

  private void messageHeader(ChannelHandlerContext context, ByteBuf in) {
    if (!fillHeader(in, 5)) {
      return;
    }
    type = header[0];
    int length = headerInt(1);
    int limit = sizeLimit(type);
    if (limit == 0) {
      fatal(
          context,
          new QuiverException(
              SqlState.PROTOCOL_VIOLATION, "invalid frontend message type %d", type & 0xff));
    } else if (length < 4
        || length > WireLimits.MESSAGE_LENGTH_MAX
        || (!isLetIn && length > WireLimits.SMALL_MESSAGE_SIZE_BYTES_MAX)
        || (limit == WireLimits.SMALL_MESSAGE_SIZE_BYTES_MAX && length > limit)) {
      fatal(context, new QuiverException(SqlState.PROTOCOL_VIOLATION, "invalid message length"));
    } else if (length - 4 > limit) {
      skipLeft = length - 4L;
      bodyLength = length - 4;
      state = State.SKIP;
    } else {
      startBody(length - 4);
      state = State.BODY;
      if (bodyLength == 0) {
        emit(context);
      }
    }
  }

  /// Bytes a body of this type may have; 0 for an unknown type.
  private static int sizeLimit(byte type) {
    return switch (type) {
      case 'Q', 'P' -> WireLimits.STATEMENT_TEXT_SIZE_BYTES_MAX;
      case 'B', 'F', 'd' -> WireLimits.LARGE_MESSAGE_SIZE_BYTES_MAX;
      case 'C', 'D', 'E', 'H', 'S', 'X', 'c', 'f', 'p' -> WireLimits.SMALL_MESSAGE_SIZE_BYTES_MAX;
      default -> 0;
    };
  }

  private void emit(ChannelHandlerContext context) {
    byte[] whole = body;
    body = new byte[0];
    state = State.HEADER;
    context.fireChannelRead(new Inbound.Message(type, whole));
  }

  private void skip(ChannelHandlerContext context, ByteBuf in) {
    int count = (int) Math.min(skipLeft, in.readableBytes());
    in.skipBytes(count);
    skipLeft -= count;
    if (skipLeft == 0) {
      state = State.HEADER;
      context.fireChannelRead(new Inbound.Oversized(type, bodyLength));
    }
  }

  private void fatal(ChannelHandlerContext context, QuiverException error) {
    state = State.CLOSED;
    context.fireChannelRead(new Inbound.Fatal(error));
  }

  private void close(ChannelHandlerContext context) {
    state = State.CLOSED;
    context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }
}
