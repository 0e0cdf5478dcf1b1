package quiver.storage.object.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.object.ObjectSource;

/// An object's bytes in a temporary file, so that its size and digest are known before the upload
/// and the upload can be repeated. Closing removes the file.
///
/// @param sha256 digest of the bytes, owned by this record
@SuppressWarnings("ArrayRecordComponent")
record SpooledObject(Path file, long sizeBytes, byte[] sha256) implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SpooledObject.class);

  static SpooledObject write(Path folder, String name, ObjectSource source) {
    Path file;
    try {
      file = Files.createTempFile(folder, "upload-", ".tmp");
    } catch (IOException e) {
      throw notWritten(name, e);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      source.writeTo(new DigestingChannel(channel, digest));
      return new SpooledObject(file, channel.size(), digest.digest());
    } catch (IOException | UncheckedIOException e) {
      remove(file);
      throw notWritten(name, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (RuntimeException e) {
      remove(file);
      throw e;
    }
  }

  static QuiverException notWritten(String name, Exception e) {
    return new QuiverException(SqlState.IO_ERROR, "could not write object \"%s\"", name)
        .withCause(e);
  }

  private static void remove(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("temporary file left behind: file={}", file, e);
    }
  }

  @Override
  public void close() {
    remove(file);
  }

  private record DigestingChannel(FileChannel channel, MessageDigest digest)
      implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      digest.update(bytes.duplicate());
      int sizeBytes = bytes.remaining();
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      return sizeBytes;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
