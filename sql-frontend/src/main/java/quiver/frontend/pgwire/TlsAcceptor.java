package quiver.frontend.pgwire;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.TlsConfig;

/// Encrypts connections with the JDK's TLS 1.2 and 1.3: after an SSLRequest, or from the first byte
/// on ("direct TLS"), see <https://www.postgresql.org/docs/current/protocol-flow.html>, "SSL
/// Session Encryption". Safe for every thread.
final class TlsAcceptor {
  /// The first byte of a TLS connection: a handshake record.
  static final byte HANDSHAKE = 0x16;

  private static final String APPLICATION_PROTOCOL = "postgresql";

  private final SslContext context;
  private final boolean isRequired;
  private final byte @Nullable [] binding;

  /// @throws QuiverException `F0000` if the files cannot be used
  TlsAcceptor(TlsConfig config) {
    this.isRequired = config.isRequired();
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(config.certificate().toFile(), config.key().toFile());
      if (config.clientAuthority().isPresent()) {
        builder =
            builder
                .trustManager(config.clientAuthority().get().toFile())
                .clientAuth(ClientAuth.OPTIONAL);
      }
      this.binding = binding(config.certificate());
      this.context =
          builder
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      Protocol.ALPN,
                      SelectorFailureBehavior.NO_ADVERTISE,
                      SelectedListenerFailureBehavior.ACCEPT,
                      APPLICATION_PROTOCOL))
              .build();
    } catch (SSLException
        | IllegalArgumentException
        | CertificateException
        | UncheckedIOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new QuiverException(
              SqlState.CONFIG_FILE_ERROR,
              "cannot use TLS certificate \"%s\" with key \"%s\": %s",
              config.certificate(),
              config.key(),
              cause.getMessage())
          .withCause(e);
    }
  }

  /// `tls-server-end-point` of RFC 5929: the certificate, hashed as its signature is, but for MD5
  /// and SHA-1. Null when its signature names no hash.
  private static byte @Nullable [] binding(Path file) throws CertificateException {
    try (InputStream in = Files.newInputStream(file)) {
      X509Certificate certificate =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
      int end = signature.indexOf("WITH");
      if (end < 0) {
        return null;
      }
      String hash =
          switch (signature.substring(0, end)) {
            case "MD5", "SHA1", "SHA256" -> "SHA-256";
            case "SHA224" -> "SHA-224";
            case "SHA384" -> "SHA-384";
            case "SHA512" -> "SHA-512";
            default -> null;
          };
      return hash == null ? null : MessageDigest.getInstance(hash).digest(certificate.getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the platform lacks a hash of SHA-2", e);
    }
  }

  /// The data of channel binding, nobody changes it; null when there is none.
  byte @Nullable [] binding() {
    return binding;
  }

  /// The common name of the client's certificate; null when it showed none. The handshake has
  /// checked who signed it.
  static @Nullable String clientName(SSLSession session) {
    try {
      if (session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
        for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
          if (part.getType().equalsIgnoreCase("CN")) {
            return String.valueOf(part.getValue());
          }
        }
      }
      return null;
    } catch (SSLPeerUnverifiedException | InvalidNameException _) {
      return null;
    }
  }

  /// Whether unencrypted connections are refused.
  boolean isRequired() {
    return isRequired;
  }

  /// The handler of one connection, to stand first in its pipeline.
  SslHandler newHandler(ByteBufAllocator allocator) {
    return context.newHandler(allocator);
  }
}
