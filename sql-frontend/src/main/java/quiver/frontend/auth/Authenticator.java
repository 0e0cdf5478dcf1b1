package quiver.frontend.auth;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SecurityCatalog;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.DateTimes;
import quiver.common.security.Authority;
import quiver.frontend.auth.HostRule.ClientCertificate;
import quiver.frontend.auth.HostRule.Method;

/// Lets clients in, or not. A user that does not exist is answered like a wrong password, after the
/// same work. Safe for every thread.
public final class Authenticator {
  /// A longer wait is a refusal: a client that guesses must not keep connections.
  private static final long WAIT_NANOS_MAX = 30_000_000_000L;

  private final HostRules rules;
  private final LoginAttempts attempts;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final byte[] mockSecret = new byte[32];

  /// @param random unpredictable outside tests
  public Authenticator(
      HostRules rules, LoginAttempts attempts, InstantSource clock, RandomGenerator random) {
    this.rules = rules;
    this.attempts = attempts;
    this.clock = clock;
    this.random = random;
    random.nextBytes(mockSecret);
  }

  /// The messages of authentication.
  public interface Dialogue {
    /// Sends an authentication request of this kind and waits for the answer.
    byte[] ask(Request request, byte[] data);

    /// Sends the last message of a SASL exchange.
    void finish(byte[] data);
  }

  /// What a client is asked for.
  public enum Request {
    CLEARTEXT_PASSWORD,
    SASL,
    SASL_CONTINUE
  }

  /// Finds out that a client is who it says.
  ///
  /// @return its role
  /// @throws QuiverException `28000`, `28P01`, `42501`, `08P01`: the connection is closed with it
  public RoleDefinition authenticate(Login login, CatalogImage catalog, Dialogue dialogue) {
    Optional<RoleDefinition> role = catalog.security().role(login.user());
    HostRule rule =
        rules
            .find(login, memberships(role, catalog))
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                    "no pg_hba.conf entry for %s",
                    login.described()));
    requireCertificate(rule, login);
    switch (rule.method()) {
      case TRUST, CERTIFICATE -> {
        // The rule, or the certificate, was enough.
      }
      case REJECT ->
          throw new QuiverException(
              SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
              "pg_hba.conf rejects connection for %s",
              login.described());
      case TRUST_WITHOUT_PASSWORD -> {
        if (role.isPresent() && role.get().verifier().isPresent()) {
          requirePassword(Method.SCRAM, login, role, dialogue);
        }
      }
      case PASSWORD, SCRAM -> requirePassword(rule.method(), login, role, dialogue);
    }
    RoleDefinition known =
        role.orElseThrow(() ->
            new QuiverException(
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "role \"%s\" does not exist",
                login.user()));
    if (!known.attributes().login()) {
      throw new QuiverException(
          SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
          "role \"%s\" is not permitted to log in",
          login.user());
    }
    return known;
  }

  /// Whether a role may use the database.
  ///
  /// @throws QuiverException `42501`
  public static void requireConnect(RoleDefinition role, String database, CatalogImage catalog) {
    int bits =
        new Authority(catalog)
            .privileges(role.id(), SecuredKind.DATABASE, SecurityCatalog.DATABASE_ID);
    if (!Privilege.CONNECT.isIn(bits)) {
      throw new QuiverException(
              SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for database \"%s\"", database)
          .withDetail("User does not have CONNECT privilege.");
    }
  }

  private static Set<String> memberships(Optional<RoleDefinition> role, CatalogImage catalog) {
    Set<String> names = new TreeSet<>();
    if (role.isPresent()) {
      for (long id : new Authority(catalog).memberships(role.get().id())) {
        names.add(catalog.security().roleName(id));
      }
    }
    return names;
  }

  private static void requireCertificate(HostRule rule, Login login) {
    String name = login.peer().certificateName();
    if (rule.clientCertificate() != ClientCertificate.NONE && name == null) {
      throw new QuiverException(
          SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
          "connection requires a valid client certificate");
    }
    if (rule.clientCertificate() == ClientCertificate.OF_USER && !login.user().equals(name)) {
      throw new QuiverException(
          SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
          "certificate authentication failed for user \"%s\"",
          login.user());
    }
  }

  // ---- passwords

  private void requirePassword(
      Method method, Login login, Optional<RoleDefinition> role, Dialogue dialogue) {
    Optional<ScramVerifier> own =
        role.filter(this::isValid).flatMap(RoleDefinition::verifier).flatMap(ScramVerifier::parse);
    ScramVerifier verifier = own.orElseGet(() -> mock(login.user()));
    boolean isProven =
        method == Method.PASSWORD
            ? provesByText(login, verifier, dialogue)
            : provesByScram(login, verifier, dialogue, own.isPresent());
    if (!isProven || own.isEmpty()) {
      attempts.failed(login);
      throw failed(login);
    }
    attempts.succeeded(login);
  }

  private static QuiverException failed(Login login) {
    return new QuiverException(
        SqlState.INVALID_PASSWORD, "password authentication failed for user \"%s\"", login.user());
  }

  private boolean isValid(RoleDefinition role) {
    return role.validUntilMicros().isEmpty() || role.validUntilMicros().get() > nowMicros();
  }

  private long nowMicros() {
    return DateTimes.microsOf(clock.instant());
  }

  /// A verifier no password fits, the same each time for one name.
  private ScramVerifier mock(String user) {
    byte[] made = ScramVerifier.hmac(mockSecret, user);
    return new ScramVerifier(
        ScramVerifier.ITERATIONS,
        java.util.Arrays.copyOf(made, 16),
        ScramVerifier.hmac(mockSecret, made),
        ScramVerifier.hmac(made, mockSecret));
  }

  private void awaitTurn(Login login) {
    long wait = attempts.turn(login);
    if (wait > WAIT_NANOS_MAX) {
      throw failed(login);
    }
    long until = System.nanoTime() + wait;
    for (long left = wait; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private boolean provesByText(Login login, ScramVerifier verifier, Dialogue dialogue) {
    byte[] answer = dialogue.ask(Request.CLEARTEXT_PASSWORD, new byte[0]);
    if (answer.length == 0 || answer[answer.length - 1] != 0) {
      throw new QuiverException(SqlState.PROTOCOL_VIOLATION, "invalid password packet size");
    }
    if (answer.length == 1) {
      throw new QuiverException(SqlState.INVALID_PASSWORD, "empty password returned by client");
    }
    awaitTurn(login);
    return verifier.isMadeOf(new String(answer, 0, answer.length - 1, StandardCharsets.UTF_8));
  }

  private boolean provesByScram(
      Login login, ScramVerifier verifier, Dialogue dialogue, boolean isReal) {
    byte[] binding = login.peer().binding();
    String mechanisms =
        (binding == null ? "" : ScramExchange.BOUND + "\0") + ScramExchange.PLAIN + "\0\0";
    byte[] initial = dialogue.ask(Request.SASL, mechanisms.getBytes(StandardCharsets.US_ASCII));
    int end = 0;
    while (end < initial.length && initial[end] != 0) {
      end++;
    }
    if (initial.length - end - 1 < 4) {
      throw new QuiverException(SqlState.PROTOCOL_VIOLATION, "insufficient data left in message");
    }
    String mechanism = new String(initial, 0, end, StandardCharsets.US_ASCII);
    int length = java.nio.ByteBuffer.wrap(initial).getInt(end + 1);
    if (length != initial.length - end - 5) {
      throw new QuiverException(SqlState.PROTOCOL_VIOLATION, "malformed SCRAM message");
    }
    byte[] first = java.util.Arrays.copyOfRange(initial, end + 5, initial.length);
    ScramExchange exchange = new ScramExchange(verifier, binding, random);
    byte[] last = dialogue.ask(Request.SASL_CONTINUE, exchange.first(mechanism, first));
    awaitTurn(login);
    ScramExchange.Outcome outcome = exchange.last(last);
    if (outcome.isProven() && isReal) {
      dialogue.finish(outcome.answer());
    }
    return outcome.isProven();
  }
}
