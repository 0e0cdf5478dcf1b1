package quiver.frontend.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What is kept of a password: enough to check one, not enough to be one. RFC 5802 with SHA-256
/// (RFC 7677), in the form PostgreSQL stores:
/// `SCRAM-SHA-256$ITERATIONS:SALT$STORED-KEY:SERVER-KEY`. Owns its arrays, which nobody changes.
public record ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
  /// RFC 7677's minimum, and PostgreSQL's number.
  static final int ITERATIONS = 4096;

  /// The most a stored verifier may ask for: one attempt must not keep a core busy for long.
  static final int ITERATIONS_MAX = 1_000_000;

  private static final int SALT_SIZE_BYTES = 16;
  private static final int KEY_SIZE_BYTES = 32;

  private static final Pattern FORM =
      Pattern.compile(
          "SCRAM-SHA-256\\$(\\d{1,7}):([A-Za-z0-9+/]+=*)\\$([A-Za-z0-9+/]+=*):([A-Za-z0-9+/]+=*)");

  /// Makes one of a password with a fresh salt.
  public static ScramVerifier of(String password, RandomGenerator random) {
    byte[] salt = new byte[SALT_SIZE_BYTES];
    random.nextBytes(salt);
    return of(password, salt, ITERATIONS);
  }

  static ScramVerifier of(String password, byte[] salt, int iterations) {
    byte[] salted = salted(PasswordText.prepared(password), salt, iterations);
    return new ScramVerifier(
        iterations, salt, sha256(hmac(salted, "Client Key")), hmac(salted, "Server Key"));
  }

  /// Reads the stored form; empty when the text is not one.
  public static Optional<ScramVerifier> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      Base64.Decoder decoder = Base64.getDecoder();
      ScramVerifier read =
          new ScramVerifier(
              Integer.parseInt(matcher.group(1)),
              decoder.decode(matcher.group(2)),
              decoder.decode(matcher.group(3)),
              decoder.decode(matcher.group(4)));
      boolean isSound =
          read.iterations > 0
              && read.iterations <= ITERATIONS_MAX
              && read.storedKey.length == KEY_SIZE_BYTES
              && read.serverKey.length == KEY_SIZE_BYTES;
      return isSound ? Optional.of(read) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// The stored form.
  public String text() {
    Base64.Encoder encoder = Base64.getEncoder();
    return "SCRAM-SHA-256$"
        + iterations
        + ":"
        + encoder.encodeToString(salt)
        + "$"
        + encoder.encodeToString(storedKey)
        + ":"
        + encoder.encodeToString(serverKey);
  }

  /// Whether a password is the one. Takes as long for every password.
  public boolean isMadeOf(String password) {
    byte[] other = of(password, salt, iterations).storedKey;
    return MessageDigest.isEqual(storedKey, other);
  }

  /// PBKDF2 with HMAC-SHA-256, one block: `Hi` of RFC 5802.
  private static byte[] salted(byte[] password, byte[] salt, int iterations) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, "HmacSHA256"));
      mac.update(salt);
      byte[] block = mac.doFinal(new byte[] {0, 0, 0, 1});
      byte[] result = block.clone();
      for (int i = 1; i < iterations; i++) {
        block = mac.doFinal(block);
        for (int k = 0; k < result.length; k++) {
          result[k] ^= block[k];
        }
      }
      return result;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform has no HMAC-SHA-256", e);
    }
  }

  static byte[] hmac(byte[] key, String text) {
    return hmac(key, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform has no HMAC-SHA-256", e);
    }
  }

  static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform has no SHA-256", e);
    }
  }
}
