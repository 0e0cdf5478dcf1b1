package quiver.storage.object.s3;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectAPIArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.messages.Item;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import okhttp3.OkHttpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.object.ObjectNames;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.ObjectStat;
import quiver.storage.object.ObjectStore;
import quiver.storage.object.s3.S3Requests.Refusal;

/// Objects in a bucket. Each is one conditional upload (`If-None-Match: *`), marked with an id of
/// its own, so that a repeated upload recognises its first try. See the S3 API reference,
/// PutObject, <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>.
public final class S3ObjectStore implements ObjectStore {
  /// The largest object: what S3 takes in one upload.
  public static final long OBJECT_SIZE_BYTES_MAX = 5L << 30;

  private static final Logger log = LoggerFactory.getLogger(S3ObjectStore.class);
  private static final String UPLOAD = "quiver-upload";

  private final S3Options options;
  private final S3Requests requests;
  private final OkHttpClient http;
  private final MinioAsyncClient client;
  private volatile boolean closed;

  /// Connects, and creates the bucket when there is none.
  ///
  /// @throws QuiverException `58030` if the service does not answer or refuses
  public S3ObjectStore(S3Options options) {
    this.options = options;
    this.requests = new S3Requests(options);
    this.http =
        new OkHttpClient.Builder()
            .socketFactory(new TcpNoDelaySockets())
            .connectTimeout(options.patience())
            .readTimeout(options.patience())
            .writeTimeout(options.patience())
            .build();
    MinioAsyncClient.Builder builder =
        MinioAsyncClient.builder()
            .endpoint(options.endpoint().toString())
            .credentials(options.accessKey(), options.secretKey())
            .httpClient(http, false);
    this.client = (options.region().isEmpty() ? builder : builder.region(options.region())).build();
    try {
      Files.createDirectories(options.temporary());
      requests.repeat(this::createBucket);
    } catch (Refusal e) {
      close();
      throw requests.failed(e);
    } catch (IOException e) {
      close();
      throw new QuiverException(SqlState.IO_ERROR, "could not create %s", options.temporary())
          .withCause(e);
    } catch (QuiverException e) {
      close();
      throw e;
    }
  }

  private boolean createBucket() throws Exception {
    boolean exists =
        S3Requests.await(
            client.bucketExists(BucketExistsArgs.builder().bucket(options.bucket()).build()));
    if (!exists) {
      S3Requests.await(
          client.makeBucket(MakeBucketArgs.builder().bucket(options.bucket()).build()));
      log.info("bucket created: endpoint={} bucket={}", options.endpoint(), options.bucket());
    }
    return !exists;
  }

  private String key(String name) {
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "object store is closed");
    }
    return options.root() + ObjectNames.check(name);
  }

  @Override
  public boolean putIfAbsent(String name, ObjectSource source) {
    String key = key(name);
    SpooledObject spooled = SpooledObject.write(options.temporary(), name, source);
    try (spooled;
        RandomAccessFile file = new RandomAccessFile(spooled.file().toFile(), "r")) {
      if (spooled.sizeBytes() > OBJECT_SIZE_BYTES_MAX) {
        throw new QuiverException(
            SqlState.PROGRAM_LIMIT_EXCEEDED,
            "object \"%s\" of %d bytes is larger than %d bytes",
            name,
            spooled.sizeBytes(),
            OBJECT_SIZE_BYTES_MAX);
      }
      return upload(key, spooled, file);
    } catch (IOException e) {
      throw SpooledObject.notWritten(name, e);
    }
  }

  private boolean upload(String key, SpooledObject spooled, RandomAccessFile file)
      throws IOException {
    String id = UUID.randomUUID().toString();
    // The client would compute the digest itself, and leave the file at its end.
    Http.Headers headers =
        new Http.Headers(
            Map.of(
                "If-None-Match",
                "*",
                "x-amz-meta-" + UPLOAD,
                id,
                Http.Headers.X_AMZ_CONTENT_SHA256,
                HexFormat.of().formatHex(spooled.sha256()),
                Http.Headers.X_AMZ_CHECKSUM_SHA256,
                Base64.getEncoder().encodeToString(spooled.sha256())));
    for (int attempt = 1; ; attempt++) {
      file.seek(0);
      try {
        S3Requests.await(
            client.putObject(
                PutObjectAPIArgs.builder()
                    .bucket(options.bucket())
                    .object(key)
                    .file(file, spooled.sizeBytes())
                    .headers(headers)
                    .build()));
        return true;
      } catch (Exception e) {
        Refusal refusal = S3Requests.refusal(e);
        if (refusal != null && refusal.isTaken()) {
          // By somebody else, or by a former try whose answer was lost.
          return isFrom(key, id);
        }
        if (refusal != null && !refusal.isTemporary()) {
          throw requests.failed(refusal);
        }
        if (attempt == S3Requests.ATTEMPTS_MAX) {
          throw new QuiverException(
                  SqlState.STATEMENT_COMPLETION_UNKNOWN,
                  "object store %s did not say what became of object \"%s\"",
                  options.endpoint(),
                  key)
              .withCause(e);
        }
        S3Requests.pause(attempt);
      }
    }
  }

  private boolean isFrom(String key, String id) {
    return head(key)
        .map(found -> found.userMetadata().get(UPLOAD))
        .filter(ids -> ids.contains(id))
        .isPresent();
  }

  private Optional<StatObjectResponse> head(String key) {
    try {
      return Optional.of(
          requests.repeat(() ->
              S3Requests.await(
                  client.statObject(
                      StatObjectArgs.builder().bucket(options.bucket()).object(key).build()))));
    } catch (Refusal e) {
      if (e.isMissing()) {
        return Optional.empty();
      }
      throw requests.failed(e);
    }
  }

  @Override
  public void read(String name, long offset, ByteBuffer target) {
    String key = key(name);
    int wanted = target.remaining();
    if (wanted == 0 || offset < 0) {
      long sizeBytes = head(key).orElseThrow(() -> missing(name)).size();
      if (offset < 0 || offset > sizeBytes) {
        throw tooShort(name, wanted, offset);
      }
      return;
    }
    int start = target.position();
    try {
      boolean isWhole = requests.repeat(() -> fetch(key, offset, target.position(start)));
      if (!isWhole) {
        throw tooShort(name, wanted, offset);
      }
    } catch (Refusal e) {
      if (e.isMissing()) {
        throw missing(name);
      }
      throw e.isPastEnd() ? tooShort(name, wanted, offset) : requests.failed(e);
    }
  }

  /// Whether the object had enough bytes. A connection that breaks is an exception of the client's.
  private boolean fetch(String key, long offset, ByteBuffer target) throws Exception {
    GetObjectArgs range =
        GetObjectArgs.builder()
            .bucket(options.bucket())
            .object(key)
            .offset(offset)
            .length((long) target.remaining())
            .build();
    try (GetObjectResponse body = S3Requests.await(client.getObject(range));
        ReadableByteChannel channel = Channels.newChannel(body)) {
      while (target.hasRemaining()) {
        if (channel.read(target) < 0) {
          return false;
        }
      }
      return true;
    }
  }

  private static QuiverException missing(String name) {
    return new QuiverException(SqlState.UNDEFINED_FILE, "object \"%s\" does not exist", name);
  }

  private static QuiverException tooShort(String name, int wanted, long offset) {
    return new QuiverException(
        SqlState.DATA_CORRUPTED,
        "object \"%s\" is too short to read %d bytes at %d",
        name,
        wanted,
        offset);
  }

  @Override
  public Optional<ObjectStat> stat(String name) {
    return head(key(name)).map(found -> new ObjectStat(name, found.size()));
  }

  @Override
  public List<ObjectStat> list(String prefix) {
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "object store is closed");
    }
    try {
      return requests.repeat(() -> listOnce(options.root() + prefix));
    } catch (Refusal e) {
      throw requests.failed(e);
    }
  }

  private List<ObjectStat> listOnce(String prefix) throws Exception {
    List<ObjectStat> found = new ArrayList<>();
    for (Result<Item> result :
        client.listObjects(
            ListObjectsArgs.builder()
                .bucket(options.bucket())
                .prefix(prefix)
                .recursive(true)
                .build())) {
      Item item = result.get();
      found.add(new ObjectStat(item.objectName().substring(options.root().length()), item.size()));
    }
    found.sort(Comparator.comparing(ObjectStat::name));
    return found;
  }

  @Override
  public boolean delete(String name) {
    String key = key(name);
    if (head(key).isEmpty()) {
      return false;
    }
    try {
      var _ =
          requests.repeat(() -> {
            S3Requests.await(
                client.removeObject(
                    RemoveObjectArgs.builder().bucket(options.bucket()).object(key).build()));
            return true;
          });
      return true;
    } catch (Refusal e) {
      if (e.isMissing()) {
        return false;
      }
      throw requests.failed(e);
    }
  }

  @Override
  public void close() {
    closed = true;
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }
}
