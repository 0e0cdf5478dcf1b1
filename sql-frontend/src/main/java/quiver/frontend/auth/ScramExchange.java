package quiver.frontend.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The server's side of one SCRAM-SHA-256 exchange, with or without channel binding (RFC 5802, RFC
/// 7677). Used by one thread.
final class ScramExchange {
  static final String PLAIN = "SCRAM-SHA-256";
  static final String BOUND = "SCRAM-SHA-256-PLUS";

  private static final int NONCE_SIZE_BYTES = 18;

  private final ScramVerifier verifier;
  private final byte @Nullable [] binding;
  private final RandomGenerator random;
  private String gs2Header = "";
  private String clientFirst = "";
  private String serverFirst = "";
  private String nonce = "";
  private boolean isBound;

  /// @param binding the data of `tls-server-end-point`; null: the channel cannot be bound
  ScramExchange(ScramVerifier verifier, byte @Nullable [] binding, RandomGenerator random) {
    this.verifier = verifier;
    this.binding = binding;
    this.random = random;
  }

  /// Takes the client's first message.
  ///
  /// @return the server's first
  /// @throws QuiverException `08P01`, or `28000` when the channel should have been bound
  byte[] first(String mechanism, byte[] message) {
    isBound = mechanism.equals(BOUND);
    if ((!isBound && !mechanism.equals(PLAIN)) || (isBound && binding == null)) {
      throw new QuiverException(
          SqlState.PROTOCOL_VIOLATION, "client selected an invalid SASL authentication mechanism");
    }
    String text = text(message);
    int flagEnd = text.indexOf(',');
    int headerEnd = text.indexOf(',', flagEnd + 1) + 1;
    if (flagEnd < 0 || headerEnd == 0) {
      throw malformed("Comma expected.");
    }
    requireFlag(text.substring(0, flagEnd));
    if (headerEnd != flagEnd + 2) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "client uses authorization identity, but it is not supported");
    }
    gs2Header = text.substring(0, headerEnd);
    clientFirst = text.substring(headerEnd);
    if (clientFirst.startsWith("m=")) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "client requires an unsupported SCRAM extension");
    }
    Map<Character, String> attributes = attributes(clientFirst);
    if (!attributes.containsKey('n') || !attributes.containsKey('r')) {
      throw malformed("Attribute expected.");
    }
    byte[] own = new byte[NONCE_SIZE_BYTES];
    random.nextBytes(own);
    nonce = attributes.get('r') + Base64.getEncoder().encodeToString(own);
    serverFirst =
        "r="
            + nonce
            + ",s="
            + Base64.getEncoder().encodeToString(verifier.salt())
            + ",i="
            + verifier.iterations();
    return serverFirst.getBytes(StandardCharsets.US_ASCII);
  }

  private void requireFlag(String flag) {
    switch (flag) {
      case "n" -> {
        if (isBound) {
          throw malformed(
              "The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include"
                  + " channel binding data.");
        }
      }
      case "y" -> {
        if (isBound) {
          throw malformed(
              "The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include"
                  + " channel binding data.");
        }
        if (binding != null) {
          // The client was told that there is no binding: somebody stands between.
          throw new QuiverException(
                  SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                  "SCRAM channel binding negotiation error")
              .withDetail(
                  "The client supports SCRAM channel binding but thinks the server does not. "
                      + " However, this server does support channel binding.");
        }
      }
      default -> {
        if (!isBound) {
          throw malformed(
              "The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message"
                  + " includes channel binding data.");
        }
        if (!flag.equals("p=tls-server-end-point")) {
          throw new QuiverException(
              SqlState.PROTOCOL_VIOLATION, "unsupported SCRAM channel-binding type");
        }
      }
    }
  }

  /// What the exchange ends with.
  ///
  /// @param answer the server's last message, which proves that it knows the verifier
  record Outcome(boolean isProven, byte[] answer) {}

  /// Takes the client's last message.
  Outcome last(byte[] message) {
    String text = text(message);
    int proofAt = text.lastIndexOf(",p=");
    if (proofAt < 0) {
      throw malformed("Malformed proof in client-final-message.");
    }
    String withoutProof = text.substring(0, proofAt);
    Map<Character, String> attributes = attributes(withoutProof);
    byte[] header = gs2Header.getBytes(StandardCharsets.US_ASCII);
    byte[] expected = header;
    if (isBound && binding != null) {
      expected = Arrays.copyOf(header, header.length + binding.length);
      System.arraycopy(binding, 0, expected, header.length, binding.length);
    }
    byte[] bound = decoded(attributes.getOrDefault('c', ""));
    if (!MessageDigest.isEqual(expected, bound)) {
      throw new QuiverException(
          SqlState.INVALID_AUTHORIZATION_SPECIFICATION, "SCRAM channel binding check failed");
    }
    if (!attributes.getOrDefault('r', "").equals(nonce)) {
      throw new QuiverException(SqlState.PROTOCOL_VIOLATION, "invalid SCRAM response")
          .withDetail("Nonce does not match.");
    }
    byte[] proof = decoded(text.substring(proofAt + 3));
    String whole = clientFirst + "," + serverFirst + "," + withoutProof;
    byte[] signature = ScramVerifier.hmac(verifier.storedKey(), whole);
    if (proof.length != signature.length) {
      throw malformed("Malformed proof in client-final-message.");
    }
    byte[] clientKey = new byte[proof.length];
    for (int i = 0; i < proof.length; i++) {
      clientKey[i] = (byte) (proof[i] ^ signature[i]);
    }
    boolean isProven = MessageDigest.isEqual(ScramVerifier.sha256(clientKey), verifier.storedKey());
    String answer =
        "v=" + Base64.getEncoder().encodeToString(ScramVerifier.hmac(verifier.serverKey(), whole));
    return new Outcome(isProven, answer.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw malformed("Malformed base64.").withCause(e);
    }
  }

  private static String text(byte[] message) {
    String text = new String(message, StandardCharsets.UTF_8);
    if (text.isEmpty()) {
      throw malformed("The message is empty.");
    }
    if (text.indexOf('\0') >= 0) {
      throw malformed("Message length does not match input length.");
    }
    return text;
  }

  private static Map<Character, String> attributes(String text) {
    Map<Character, String> attributes = new HashMap<>();
    for (String each : text.split(",", -1)) {
      if (each.length() < 2 || each.charAt(1) != '=') {
        throw malformed("Expected character \"=\".");
      }
      attributes.putIfAbsent(each.charAt(0), each.substring(2));
    }
    return attributes;
  }

  private static QuiverException malformed(String detail) {
    return new QuiverException(SqlState.PROTOCOL_VIOLATION, "malformed SCRAM message")
        .withDetail(detail);
  }
}
