package quiver.frontend.pgwire;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.RoleDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.frontend.auth.Authenticator;
import quiver.frontend.auth.Login;
import quiver.frontend.session.Session;
import quiver.frontend.session.SessionIdentity;
import quiver.frontend.session.SessionServices;
import quiver.frontend.session.Sessions;

/// The life of one connection, on its session's thread: startup, then message after message.
final class ProtocolLoop implements Runnable {
  /// The newest minor version of protocol 3 that is spoken.
  private static final int MINOR_VERSION_MAX = 2;

  private static final String ALIAS_DATABASE = "postgres";
  private static final Logger log = LoggerFactory.getLogger(ProtocolLoop.class);

  private final SessionServices services;
  private final Sessions sessions;
  private final Connection connection;
  private final Inbound.Startup startup;
  private final SessionIdentity identity;
  private final Entrance entrance;
  private @Nullable RoleDefinition entered;
  private volatile @Nullable QuiverException termination;
  private volatile @Nullable Session session;
  private boolean skipping;

  /// Whether nothing of the extended protocol waits for its Sync.
  private boolean synced = true;

  ProtocolLoop(
      SessionServices services,
      Sessions sessions,
      Connection connection,
      Inbound.Startup startup,
      SessionIdentity identity,
      Entrance entrance) {
    this.entrance = entrance;
    this.services = services;
    this.sessions = sessions;
    this.connection = connection;
    this.startup = startup;
    this.identity = identity;
  }

  /// Ends the connection from outside; for every thread.
  void terminate(QuiverException because) {
    termination = because;
    Session current = session;
    if (current != null) {
      current.stopWith(because);
    }
    connection.inbox().put(new Inbound.Fatal(because));
  }

  /// Ends the connection once nothing is under way; for every thread.
  void leave() {
    connection.inbox().wake();
  }

  /// The client has gone; for the event loop. What it sent before a Terminate is still done.
  void disconnected() {
    Session current = session;
    if (current != null && !connection.inbox().hasTakenLeave()) {
      current.stopWith(
          new QuiverException(SqlState.CONNECTION_FAILURE, "connection to client lost"));
    }
    connection.inbox().put(new Inbound.Disconnected());
  }

  @Override
  public void run() {
    boolean reserved = false;
    try {
      sessions.reserve();
      reserved = true;
      serve(open());
    } catch (QuiverException e) {
      if (e.state() != SqlState.CONNECTION_FAILURE) {
        connection.error(e, true);
      }
    } catch (InterruptedException e) {
      log.debug("session interrupted: pid={}", identity.pid());
    } catch (RuntimeException | StackOverflowError e) {
      log.error("session failed: pid={}", identity.pid(), e);
      connection.error(translated(e), true);
    } finally {
      end(reserved);
    }
  }

  private void end(boolean reserved) {
    Session current = session;
    try {
      if (current != null) {
        sessions.remove(current);
        current.close();
      }
    } catch (RuntimeException e) {
      log.warn("session did not close cleanly: pid={}", identity.pid(), e);
    } finally {
      connection.close();
      RoleDefinition role = entered;
      if (role != null) {
        sessions.leave(role);
      }
      if (reserved) {
        sessions.release();
      }
    }
  }

  // --- startup ---------------------------------------------------------------------------------

  private Session open() {
    List<String> unknown = new ArrayList<>();
    Map<String, String> settings = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    startup
        .parameters()
        .forEach((name, value) -> {
          if (name.startsWith("_pq_.")) {
            unknown.add(name);
          } else {
            settings.put(name, value);
          }
        });
    if (startup.minor() > MINOR_VERSION_MAX || !unknown.isEmpty()) {
      unknown.sort(null);
      connection.negotiateVersion(3 << 16 | Math.min(startup.minor(), MINOR_VERSION_MAX), unknown);
    }
    String user = settings.remove("user");
    if (user == null || user.isEmpty()) {
      throw new QuiverException(
          SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
          "no PostgreSQL user name specified in startup packet");
    }
    String named = settings.remove("database");
    String database = named == null || named.isEmpty() ? user : named;
    String replication = settings.remove("replication");
    if (replication != null && !replication.matches("(?i)false|off|no|0")) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "replication connections are not supported");
    }
    RoleDefinition role = authenticated(new Login(user, database, entrance.peer()));
    sessions.enter(role);
    entered = role;
    entrance.letIn().run();
    Session opened = new Session(services, identity, role, connection, sessions);
    connection.setCancelCheck(opened::checkCancelled);
    String options = settings.remove("options");
    connection.authenticationOk();
    opened.applyRoleSettings();
    if (options != null) {
      StartupOptions.parse(options).forEach(opened.variables()::setAtStartup);
    }
    settings.forEach(opened.variables()::setAtStartup);
    opened.variables().reported().forEach(connection::parameterStatus);
    connection.backendKey(identity.pid(), identity.key());
    session = opened;
    sessions.add(
        opened,
        new Sessions.Termination() {
          @Override
          public void terminate(QuiverException because) {
            ProtocolLoop.this.terminate(because);
          }

          @Override
          public void leave() {
            ProtocolLoop.this.leave();
          }
        });
    connection.readyForQuery('I');
    return opened;
  }

  private RoleDefinition authenticated(Login login) {
    CatalogImage catalog = services.statements().root().catalog();
    RoleDefinition role =
        services
            .authenticator()
            .authenticate(
                login, catalog, new AuthenticationDialogue(connection, services.nanoTime()));
    requireDatabase(login.database());
    Authenticator.requireConnect(role, login.database(), catalog);
    return role;
  }

  private void requireDatabase(String name) {
    if (!name.equals(services.database()) && !name.equals(ALIAS_DATABASE)) {
      throw new QuiverException(
          SqlState.INVALID_CATALOG_NAME, "database \"%s\" does not exist", name);
    }
  }

  // --- messages --------------------------------------------------------------------------------

  private void serve(Session open) throws InterruptedException {
    while (true) {
      if (sessions.isDraining() && isBetweenStatements(open)) {
        connection.linger();
        throw Sessions.leaving();
      }
      switch (next(open)) {
        case Inbound.Message(byte type, byte[] body) -> {
          if (type == 'X') {
            return;
          }
          handle(open, type, new MessageReader(body));
        }
        case Inbound.Oversized(byte type, long length) -> {
          if (!skipping && type != 'd') {
            fail(open, tooLong(type, length));
            skipping = type != 'Q' && type != 'F';
          }
          if (type == 'Q' || type == 'F') {
            connection.readyForQuery(open.status());
          }
        }
        case Inbound.Fatal(QuiverException error) -> throw error;
        case Inbound.Wake ignored -> {
          if (!open.inBlock() && !skipping && open.deliverNotifications()) {
            connection.wantFlush();
          }
        }
        case Inbound.Disconnected() -> {
          return;
        }
        case Inbound.Startup ignored -> throw new IllegalStateException("a second startup packet");
      }
      QuiverException because = termination;
      if (because != null) {
        throw because;
      }
    }
  }

  /// Whether all is done that the client has sent.
  private boolean isBetweenStatements(Session open) {
    return synced && !open.inBlock() && connection.inbox().isIdle();
  }

  static QuiverException tooLong(byte type, long length) {
    if (type == 'Q' || type == 'P') {
      return new QuiverException(
              SqlState.PROGRAM_LIMIT_EXCEEDED, "statement text of %d bytes is too long", length)
          .withDetail(
              "A statement can have "
                  + WireLimits.STATEMENT_TEXT_SIZE_BYTES_MAX
                  + " bytes of text.")
          .withHint("Use COPY to load many rows.");
    }
    return new QuiverException(
            SqlState.PROGRAM_LIMIT_EXCEEDED, "message of %d bytes is too long", length)
        .withDetail("A message can have " + WireLimits.LARGE_MESSAGE_SIZE_BYTES_MAX + " bytes.");
  }

  private Inbound next(Session open) throws InterruptedException {
    connection.flushIfIdle();
    String setting =
        open.inBlock() ? "idle_in_transaction_session_timeout" : "idle_session_timeout";
    long timeoutMillis = skipping ? 0 : open.variables().number(setting);
    if (timeoutMillis == 0) {
      return connection.inbox().take();
    }
    Optional<Inbound> message = connection.inbox().poll(timeoutMillis);
    if (message.isPresent()) {
      return message.get();
    }
    throw open.inBlock()
        ? new QuiverException(
            SqlState.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
            "terminating connection due to idle-in-transaction timeout")
        : new QuiverException(
            SqlState.IDLE_SESSION_TIMEOUT, "terminating connection due to idle-session timeout");
  }

  private void handle(Session open, byte type, MessageReader message) {
    synced = type == 'Q' || type == 'S' || (synced && type != 'P' && type != 'B' && type != 'E');
    switch (type) {
      case 'Q' -> {
        skipping = false;
        attempt(
            open,
            () -> {
              String text = message.string();
              message.end();
              open.simpleQuery(text);
            });
        ready(open);
      }
      case 'P', 'B', 'D', 'E', 'C' -> {
        if (!skipping) {
          skipping = !attempt(open, () -> extended(open, type, message));
        }
      }
      case 'H' -> connection.flush();
      case 'S' -> {
        skipping = false;
        attempt(open, open::sync);
        ready(open);
      }
      case 'F' -> {
        fail(
            open,
            new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED, "function calls by message are not supported"));
        connection.readyForQuery(open.status());
      }
      case 'd', 'c', 'f' -> {
        // What a client still sends after its COPY has failed.
      }
      default ->
          throw new QuiverException(
              SqlState.PROTOCOL_VIOLATION, "invalid frontend message type %d", type);
    }
  }

  private void ready(Session open) {
    if (!open.inBlock()) {
      open.deliverNotifications();
    }
    connection.readyForQuery(open.status());
  }

  /// @return false if it failed and the client knows
  private boolean attempt(Session open, Runnable work) {
    try {
      work.run();
      return true;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      QuiverException error = translated(e);
      QuiverException because = termination;
      if (because != null) {
        throw because;
      }
      if (error.state() == SqlState.CONNECTION_FAILURE) {
        throw error;
      }
      fail(open, error);
      return false;
    }
  }

  private void fail(Session open, QuiverException error) {
    switch (error.state().kind()) {
      case INTERNAL, CORRUPTION -> log.error("statement failed: pid={}", identity.pid(), error);
      case USER, TRANSIENT, RESOURCE -> {
        // The client is told.
      }
    }
    connection.error(open.withoutHiddenValues(error), false);
    open.fail();
  }

  private static QuiverException translated(Throwable failure) {
    return switch (failure) {
      case QuiverException known -> known;
      case StackOverflowError deep ->
          new QuiverException(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
              .withHint("Simplify the statement: it nests too deeply.")
              .withCause(deep);
      case OutOfMemoryError full ->
          new QuiverException(SqlState.OUT_OF_MEMORY, "out of memory").withCause(full);
      default ->
          QuiverException.ofMessage(SqlState.INTERNAL_ERROR, "internal error: " + failure)
              .withCause(failure);
    };
  }

  private void extended(Session open, byte type, MessageReader message) {
    switch (type) {
      case 'P' -> {
        String name = message.string();
        String text = message.string();
        int[] types = new int[message.int16()];
        for (int i = 0; i < types.length; i++) {
          types[i] = message.int32();
        }
        message.end();
        open.parse(name, text, types);
        connection.simple('1');
      }
      case 'B' -> {
        bind(open, message);
        connection.simple('2');
      }
      case 'D' -> {
        byte kind = message.int8();
        String name = message.string();
        message.end();
        describe(open, kind, name);
      }
      case 'E' -> {
        String name = message.string();
        int rowCountMax = message.int32();
        message.end();
        open.execute(name, Math.max(0, rowCountMax));
      }
      case 'C' -> {
        byte kind = message.int8();
        String name = message.string();
        message.end();
        switch (kind) {
          case 'S' -> open.closeStatement(name);
          case 'P' -> open.closePortal(name);
          default ->
              throw new QuiverException(
                  SqlState.PROTOCOL_VIOLATION, "invalid CLOSE message subtype %d", kind);
        }
        connection.simple('3');
      }
      default -> throw new IllegalStateException(String.format(Locale.ROOT, "message %d", type));
    }
  }

  private static void bind(Session open, MessageReader message) {
    String portal = message.string();
    String statement = message.string();
    int[] formats = shorts(message);
    int count = message.int16();
    List<byte @Nullable []> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = message.int32();
      values.add(length == -1 ? null : message.bytes(length));
    }
    int[] resultFormats = shorts(message);
    message.end();
    open.bind(portal, statement, formats, values, resultFormats);
  }

  private static int[] shorts(MessageReader message) {
    int[] values = new int[message.int16()];
    for (int i = 0; i < values.length; i++) {
      values[i] = message.int16();
    }
    return values;
  }

  private void describe(Session open, byte kind, String name) {
    switch (kind) {
      case 'S' -> {
        Session.Description description = open.describeStatement(name);
        connection.parameterDescription(description.parameters());
        description(
            description.columns().map(columns -> Map.entry(columns, new int[columns.size()])));
      }
      case 'P' -> description(open.describePortal(name));
      default ->
          throw new QuiverException(
              SqlState.PROTOCOL_VIOLATION, "invalid DESCRIBE message subtype %d", kind);
    }
  }

  private void description(Optional<Map.Entry<List<OutputColumn>, int[]>> columns) {
    if (columns.isPresent()) {
      connection.rowDescription(columns.get().getKey(), columns.get().getValue());
    } else {
      connection.simple('n');
    }
  }
}
