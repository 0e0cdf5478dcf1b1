package quiver.storage.object.s3;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/// Where a cluster's objects live in S3.
///
/// @param endpoint the service's URL
/// @param region empty to let the client ask
/// @param bucket created when it does not exist
/// @param root what every object's key starts with, so that clusters can share a bucket; empty, or
///   ends in `/`
/// @param temporary folder for objects on their way to the bucket
/// @param patience how long one request may take before it is repeated
public record S3Options(
    URI endpoint,
    String region,
    String bucket,
    String root,
    String accessKey,
    String secretKey,
    Path temporary,
    Duration patience) {
  /// How long a request may take by default.
  public static final Duration PATIENCE_DEFAULT = Duration.ofSeconds(30);

  /// Without the secret.
  @Override
  public String toString() {
    return endpoint + "/" + bucket + "/" + root;
  }
}
