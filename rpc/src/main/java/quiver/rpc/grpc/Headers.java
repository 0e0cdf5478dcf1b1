package quiver.rpc.grpc;

import io.grpc.Metadata;

/// What every call says before its message.
final class Headers {
  /// The digest of the caller's codec.
  static final Metadata.Key<String> DIGEST =
      Metadata.Key.of("quiver-digest", Metadata.ASCII_STRING_MARSHALLER);

  /// The name of the node that is meant: an address may be somebody else's by now.
  static final Metadata.Key<String> NODE =
      Metadata.Key.of("quiver-node", Metadata.ASCII_STRING_MARSHALLER);

  /// Which of several instances of a service is meant, for example a channel; may be empty.
  static final Metadata.Key<String> INSTANCE =
      Metadata.Key.of("quiver-instance", Metadata.ASCII_STRING_MARSHALLER);

  private Headers() {}

  static Metadata of(String digest, String node, String instance) {
    Metadata headers = new Metadata();
    headers.put(DIGEST, digest);
    headers.put(NODE, node);
    headers.put(INSTANCE, instance);
    return headers;
  }
}
