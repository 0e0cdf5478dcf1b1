package quiver.rpc.grpc;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Mutual TLS 1.3 between the processes of a cluster: each shows its certificate, and the one that
/// is called must be certified for the address it is called at. Files that change are read again
/// within a minute, for new connections. Thread-safe.
public final class NodeIdentity implements AutoCloseable {
  private static final int RELOAD_MINUTES = 1;

  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager trust;
  private final ScheduledExecutorService reloading;

  /// Reads the files.
  ///
  /// @throws QuiverException `F0000` if they cannot be used
  public NodeIdentity(NodeCertificate files, ThreadFactory threads) {
    this.reloading = Executors.newSingleThreadScheduledExecutor(threads);
    File certificate = files.certificate().toFile();
    File key = files.key().toFile();
    File authority = files.authority().toFile();
    try {
      this.trust = AdvancedTlsX509TrustManager.newBuilder().build();
      var _ =
          keys.updateIdentityCredentials(
              certificate, key, RELOAD_MINUTES, TimeUnit.MINUTES, reloading);
      var _ = trust.updateTrustCredentials(authority, RELOAD_MINUTES, TimeUnit.MINUTES, reloading);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      reloading.shutdownNow();
      throw unusable(files, e);
    }
  }

  private static QuiverException unusable(NodeCertificate files, Exception cause) {
    return new QuiverException(
            SqlState.CONFIG_FILE_ERROR,
            "cannot use node certificate \"%s\" with key \"%s\" and authority \"%s\": %s",
            files.certificate(),
            files.key(),
            files.authority(),
            cause)
        .withCause(cause);
  }

  /// For a process that is called.
  SslContext server() {
    return build(
        SslContextBuilder.forServer(keys).trustManager(trust).clientAuth(ClientAuth.REQUIRE));
  }

  /// For a process that calls.
  SslContext client() {
    return build(SslContextBuilder.forClient().keyManager(keys).trustManager(trust));
  }

  private static SslContext build(SslContextBuilder builder) {
    try {
      return GrpcSslContexts.configure(builder, SslProvider.JDK).protocols("TLSv1.3").build();
    } catch (SSLException e) {
      throw new IllegalStateException("this JDK has no TLS 1.3", e);
    }
  }

  /// Reads the files no longer.
  @Override
  public void close() {
    reloading.shutdownNow();
  }
}
