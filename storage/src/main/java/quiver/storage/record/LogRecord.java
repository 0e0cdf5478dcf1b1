package quiver.storage.record;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.LogBroker;

/// One record of a channel: a header, a body only its type understands, and a hash that chains it
/// to the record before. The layout is in `docs/formats/log-record.md`.
///
/// @param chain hash over the previous record's chain, this header and the body's checksum
/// @param bodyCrc CRC32C of the body
/// @param body read-only, little endian; use [#body()], which gives each caller its own position
public record LogRecord(RecordHeader header, long chain, int bodyCrc, ByteBuffer body) {
  /// `QVL1` as little-endian bytes.
  static final int MAGIC = 'Q' | 'V' << 8 | 'L' << 16 | '1' << 24;

  /// Version of the envelope's layout.
  static final int FORMAT = 1;

  /// Bytes before the body.
  public static final int HEADER_BYTES = 76;

  /// Bytes after the body: its checksum.
  public static final int TRAILER_BYTES = 4;

  /// Largest body.
  public static final int MAX_BODY_BYTES =
      LogBroker.MAX_RECORD_BYTES - HEADER_BYTES - TRAILER_BYTES;

  private static final int AT_TYPE = 5;
  private static final int AT_FLAGS = 6;
  private static final int AT_TERM = 8;
  private static final int AT_SESSION = 12;
  private static final int AT_SEQUENCE = 16;
  private static final int AT_TIMESTAMP = 24;
  private static final int AT_VCHANNEL = 32;
  private static final int AT_SCHEMA_VERSION = 40;
  private static final int AT_TRANSACTION = 44;
  private static final int AT_BODY_LENGTH = 60;
  private static final int AT_CHAIN = 64;
  private static final int AT_HEADER_CRC = 72;

  public LogRecord {
    body = body.slice().asReadOnlyBuffer();
  }

  /// The body, with a position of its own.
  @Override
  public ByteBuffer body() {
    return body.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A record that follows a record with the chain `previousChain`.
  ///
  /// @param previousChain 0 for a BARRIER, which starts a chain
  /// @param body its remaining bytes; not to be modified any more
  /// @throws QuiverException `54000` if the body is too large
  public static LogRecord following(long previousChain, RecordHeader header, ByteBuffer body) {
    checkBodyLength(body.remaining());
    int bodyCrc = crc(body.duplicate());
    return new LogRecord(
        header, chain(previousChain, header, body.remaining(), bodyCrc), bodyCrc, body);
  }

  /// Whether the chain is what it must be after a record with the chain `previousChain`.
  public boolean follows(long previousChain) {
    return chain == chain(previousChain, header, body.remaining(), bodyCrc);
  }

  /// The stored form: a new buffer, ready to be appended.
  public ByteBuffer encode() {
    ByteBuffer content = body();
    int length = content.remaining();
    checkBodyLength(length);
    ByteBuffer target =
        ByteBuffer.allocate(HEADER_BYTES + length + TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    writeHeader(target, header, length);
    target.putLong(AT_CHAIN, chain);
    target.putInt(AT_HEADER_CRC, crc(target.slice(0, AT_HEADER_CRC)));
    target.position(HEADER_BYTES).put(content);
    target.putInt(bodyCrc).flip();
    return target;
  }

  /// Reads a stored record. The body shares the memory of `stored`.
  ///
  /// @param stored its remaining bytes are exactly one record; its position is left as it is
  /// @throws QuiverException `XX001` if anything is not as [#encode()] writes it
  public static LogRecord decode(ByteBuffer stored) {
    ByteBuffer bytes = stored.slice().order(ByteOrder.LITTLE_ENDIAN);
    int length = bytes.limit();
    if (length < HEADER_BYTES + TRAILER_BYTES) {
      throw damaged("is cut off at %d bytes", length);
    }
    if (bytes.getInt(0) != MAGIC) {
      throw damaged("does not begin with QVL1");
    }
    if (bytes.getInt(AT_HEADER_CRC) != crc(bytes.slice(0, AT_HEADER_CRC))) {
      throw damaged("has a wrong header checksum");
    }
    if (bytes.get(4) != FORMAT) {
      throw damaged("has format version %d, this server reads version %d", bytes.get(4), FORMAT);
    }
    int bodyLength = bytes.getInt(AT_BODY_LENGTH);
    if (bodyLength != length - HEADER_BYTES - TRAILER_BYTES) {
      throw damaged("of %d bytes says that its body has %d", length, bodyLength);
    }
    ByteBuffer body = bytes.slice(HEADER_BYTES, bodyLength);
    int bodyCrc = bytes.getInt(HEADER_BYTES + bodyLength);
    if (bodyCrc != crc(body.duplicate())) {
      throw damaged("has a wrong body checksum");
    }
    RecordHeader header =
        new RecordHeader(
            RecordType.ofCode(bytes.get(AT_TYPE)),
            bytes.getShort(AT_FLAGS) & 0xffff,
            new Epoch(bytes.getInt(AT_TERM), bytes.getInt(AT_SESSION)),
            bytes.getLong(AT_SEQUENCE),
            bytes.getLong(AT_TIMESTAMP),
            bytes.getLong(AT_VCHANNEL),
            bytes.getInt(AT_SCHEMA_VERSION),
            new UUID(bytes.getLong(AT_TRANSACTION), bytes.getLong(AT_TRANSACTION + 8)));
    return new LogRecord(header, bytes.getLong(AT_CHAIN), bodyCrc, body);
  }

  private static void writeHeader(ByteBuffer target, RecordHeader header, int bodyLength) {
    target.putInt(0, MAGIC);
    target.put(4, (byte) FORMAT);
    target.put(AT_TYPE, header.type().code());
    target.putShort(AT_FLAGS, (short) header.flags());
    target.putInt(AT_TERM, header.epoch().term());
    target.putInt(AT_SESSION, header.epoch().session());
    target.putLong(AT_SEQUENCE, header.sequence());
    target.putLong(AT_TIMESTAMP, header.timestamp());
    target.putLong(AT_VCHANNEL, header.vchannel());
    target.putInt(AT_SCHEMA_VERSION, header.schemaVersion());
    target.putLong(AT_TRANSACTION, header.transaction().getMostSignificantBits());
    target.putLong(AT_TRANSACTION + 8, header.transaction().getLeastSignificantBits());
    target.putInt(AT_BODY_LENGTH, bodyLength);
  }

  private static long chain(long previousChain, RecordHeader header, int bodyLength, int bodyCrc) {
    ByteBuffer hashed = ByteBuffer.allocate(8 + AT_CHAIN + 4).order(ByteOrder.LITTLE_ENDIAN);
    hashed.putLong(0, previousChain);
    writeHeader(hashed.slice(8, AT_CHAIN).order(ByteOrder.LITTLE_ENDIAN), header, bodyLength);
    hashed.putInt(8 + AT_CHAIN, bodyCrc);
    return XxHash64.hash(hashed);
  }

  private static void checkBodyLength(int length) {
    if (length > MAX_BODY_BYTES) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "log record body of %d bytes exceeds the limit of %d bytes",
          length,
          MAX_BODY_BYTES);
    }
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @FormatMethod
  private static QuiverException damaged(@FormatString String format, Object... args) {
    return QuiverException.ofMessage(
        SqlState.DATA_CORRUPTED, "log record " + String.format(Locale.ROOT, format, args));
  }
}
