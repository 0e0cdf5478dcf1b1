package quiver.storage.record;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// What a log record says. The codes are part of the stored format and never change.
public enum RecordType {
  /// A new owner starts its epoch; the first record of every (term, session).
  BARRIER(1),
  /// Nothing happened up to this timestamp.
  TICK(2),
  /// A piece of a large write set; no effect alone.
  FRAME(3),
  /// A transaction on this channel alone; its timestamp is the commit timestamp.
  COMMIT1(4),
  /// A participant of a transaction over several channels promises to commit.
  PREPARE(5),
  /// The decision, in the transaction's home channel; its timestamp is the commit timestamp.
  DECIDE(6),
  /// A participant has learned the decision.
  FINISH(7),
  /// Every participant has finished; the home may forget the transactions.
  FORGET(8),
  /// From now on this transaction can never commit.
  ABORT_TXN(9),
  /// A growing segment begins.
  SEG_OPEN(10),
  /// A growing segment takes no more rows.
  SEG_SEAL(11),
  /// Compacted segments take the place of others.
  SEG_REPLACE(12),
  /// A new schema version is valid from here on.
  SCHEMA(13),
  /// A table loses all its rows.
  TRUNCATE(14),
  /// A table is gone.
  TABLE_DROP(15),
  /// Imported segments become visible.
  BULK_ADD(16),
  /// A point in the channel that someone asked for: a flush, a backup.
  MARK(17),
  /// The idempotency key of a transaction, which commits in one of the next records.
  KEY(18);

  private static final RecordType[] BY_CODE = new RecordType[19];

  static {
    for (RecordType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final byte code;

  RecordType(int code) {
    this.code = (byte) code;
  }

  /// The byte stored in the envelope.
  public byte code() {
    return code;
  }

  /// The type of a stored code.
  ///
  /// @throws QuiverException `XX001` if no type has this code: a reader must never skip a record it
  ///   does not know
  public static RecordType ofCode(int code) {
    if (code <= 0 || code >= BY_CODE.length) {
      throw new QuiverException(
          SqlState.DATA_CORRUPTED, "log record has unknown type %d", code & 0xff);
    }
    return BY_CODE[code];
  }
}
