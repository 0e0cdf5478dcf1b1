package quiver.frontend.pgwire;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.auth.Authenticator;

/// The messages of authentication on one connection. Used by the session's thread only.
final class AuthenticationDialogue implements Authenticator.Dialogue {
  /// PostgreSQL's authentication_timeout.
  static final int AUTHENTICATION_SECONDS_MAX = 60;

  private static final int CLEARTEXT = 3;
  private static final int SASL = 10;
  private static final int SASL_CONTINUE = 11;
  private static final int SASL_FINAL = 12;

  private final Connection connection;
  private final LongSupplier nanoTime;
  private final long deadlineNanos;

  AuthenticationDialogue(Connection connection, LongSupplier nanoTime) {
    this.connection = connection;
    this.nanoTime = nanoTime;
    this.deadlineNanos =
        nanoTime.getAsLong() + TimeUnit.SECONDS.toNanos(AUTHENTICATION_SECONDS_MAX);
  }

  @Override
  public byte[] ask(Authenticator.Request request, byte[] data) {
    connection.authenticationRequest(
        switch (request) {
          case CLEARTEXT_PASSWORD -> CLEARTEXT;
          case SASL -> SASL;
          case SASL_CONTINUE -> SASL_CONTINUE;
        },
        data);
    return answer();
  }

  @Override
  public void finish(byte[] data) {
    connection.authenticationRequest(SASL_FINAL, data);
  }

  private byte[] answer() {
    try {
      while (true) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - nanoTime.getAsLong());
        Optional<Inbound> message = connection.inbox().poll(Math.max(0, left));
        if (message.isEmpty()) {
          throw new QuiverException(
              SqlState.QUERY_CANCELED, "canceling authentication due to timeout");
        }
        switch (message.get()) {
          case Inbound.Message(byte type, byte[] body) -> {
            if (type != 'p') {
              throw new QuiverException(
                  SqlState.PROTOCOL_VIOLATION,
                  "expected password response, got message type %d",
                  type);
            }
            return body;
          }
          case Inbound.Wake _ -> {
            // Nothing to tell yet.
          }
          case Inbound.Oversized(byte type, long length) ->
              throw ProtocolLoop.tooLong(type, length);
          case Inbound.Fatal(QuiverException error) -> throw error;
          case Inbound.Disconnected() ->
              throw new QuiverException(SqlState.CONNECTION_FAILURE, "connection to client lost");
          case Inbound.Startup _ -> throw new IllegalStateException("a second startup packet");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QuiverException(SqlState.CONNECTION_FAILURE, "connection to client lost")
          .withCause(e);
    }
  }
}
