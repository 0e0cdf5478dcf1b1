package quiver.storage.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The file system of this machine.
public final class SystemDisk implements Disk {
  @Override
  public DiskFile create(Path file) {
    return openWith(
        "create",
        file,
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  @Override
  public DiskFile open(Path file) {
    return openWith("open", file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public DiskFile openForReading(Path file) {
    return openWith("open", file, StandardOpenOption.READ);
  }

  private static DiskFile openWith(String action, Path file, OpenOption... options) {
    try {
      return new SystemFile(file, FileChannel.open(file, options));
    } catch (IOException e) {
      throw failure(action, file, e);
    }
  }

  @Override
  public List<String> list(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    } catch (IOException e) {
      throw failure("read", directory, e);
    } catch (UncheckedIOException e) {
      throw failure("read", directory, new IOException(e));
    }
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public void createDirectories(Path directory) {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    try {
      // Another thread may create the same directory at the same time.
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw failure("create", directory, e);
    }
    if (parent != null) {
      syncDirectory(parent);
    }
  }

  @Override
  public void rename(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failure("rename", from, e);
    }
  }

  @Override
  public boolean delete(Path file) {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      throw failure("remove", file, e);
    }
  }

  @Override
  public void syncDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw failure("fsync", directory, e);
    }
  }

  @Override
  public DirectoryLock lock(Path directory) {
    Path file = directory.resolve(DirectoryLock.FILE_NAME);
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw failure("create", file, e);
    }
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        String holder = readHolder(channel);
        channel.close();
        throw new QuiverException(
                SqlState.OBJECT_IN_USE, "directory \"%s\" is in use by another server", directory)
            .withHint(
                "Stop the other server"
                    + (holder.isEmpty() ? "" : " (process " + holder + ")")
                    + " or use another data directory.");
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)),
          0);
    } catch (IOException e) {
      throw failure("lock", file, e);
    }
    return () -> {
      try {
        channel.close();
      } catch (IOException e) {
        throw failure("close", file, e);
      }
    };
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static String readHolder(FileChannel channel) throws IOException {
    ByteBuffer holder = ByteBuffer.allocate(20);
    var _ = channel.read(holder, 0);
    String text = StandardCharsets.US_ASCII.decode(holder.flip()).toString();
    return text.chars().allMatch(Character::isDigit) ? text : "";
  }

  /// Translates a failure of the operating system.
  static QuiverException failure(String action, Path path, IOException cause) {
    SqlState state =
        switch (cause) {
          case NoSuchFileException _ -> SqlState.UNDEFINED_FILE;
          case ClosedByInterruptException _ -> SqlState.QUERY_CANCELED;
          default -> isDiskFull(cause) ? SqlState.DISK_FULL : SqlState.IO_ERROR;
        };
    return new QuiverException(state, "could not %s file \"%s\": %s", action, path, reason(cause))
        .withCause(cause);
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case AccessDeniedException _ -> "Permission denied";
      case NoSuchFileException _ -> "No such file or directory";
      case FileAlreadyExistsException _ -> "File exists";
      default -> String.valueOf(cause.getMessage());
    };
  }

  private static boolean isDiskFull(IOException cause) {
    // The JDK has no type for ENOSPC and EDQUOT, only the text of the C library.
    String message = String.valueOf(cause.getMessage());
    return message.contains("No space left on device") || message.contains("quota exceeded");
  }

  private record SystemFile(Path path, FileChannel channel) implements DiskFile {
    @Override
    public long sizeBytes() {
      try {
        return channel.size();
      } catch (IOException e) {
        throw failure("read", path, e);
      }
    }

    @Override
    public int read(ByteBuffer target, long position) {
      int total = 0;
      try {
        while (target.hasRemaining()) {
          int count = channel.read(target, position + total);
          if (count < 0) {
            break;
          }
          total += count;
        }
      } catch (IOException e) {
        throw failure("read", path, e);
      }
      return total;
    }

    @Override
    public void write(ByteBuffer source, long position) {
      long at = position;
      try {
        while (source.hasRemaining()) {
          at += channel.write(source, at);
        }
      } catch (IOException e) {
        throw failure("write", path, e);
      }
    }

    @Override
    public void truncate(long sizeBytes) {
      try {
        channel.truncate(sizeBytes);
      } catch (IOException e) {
        throw failure("truncate", path, e);
      }
    }

    @Override
    public void force() {
      try {
        // Not the metadata: fdatasync writes a grown size anyway and saves the access times.
        channel.force(false);
      } catch (IOException e) {
        throw failure("fsync", path, e);
      }
    }

    @Override
    public MemorySegment map(Arena arena) {
      try {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      } catch (IOException e) {
        throw failure("map", path, e);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw failure("close", path, e);
      }
    }
  }
}
