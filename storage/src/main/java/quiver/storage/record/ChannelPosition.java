package quiver.storage.record;

/// How far a reader has come in a channel: everything it needs to judge the next record. Manifests
/// store it as the channel's checkpoint.
///
/// @param offset where to read on: one past the offset of the last record taken or dropped
/// @param epoch of the last barrier
/// @param sequence of the last record taken in this epoch
/// @param lastTimestamp largest timestamp taken
/// @param chain of the last record taken
public record ChannelPosition(
    long offset, Epoch epoch, long sequence, long lastTimestamp, long chain) {
  /// Before the first record.
  public static final ChannelPosition START = new ChannelPosition(0, Epoch.NONE, 0, 0, 0);

  /// What is to be done with a record.
  public sealed interface Verdict {
    /// The record is valid: apply it.
    ///
    /// @param next the position after it
    record Apply(ChannelPosition next) implements Verdict {}

    /// The record was written by an owner whose reign is over: drop and count it.
    ///
    /// @param next the position after it
    record Fenced(ChannelPosition next) implements Verdict {}

    /// The channel is not what its owner wrote: stop reading it and raise an alarm.
    record Halt(String reason) implements Verdict {}
  }

  /// Judges the record at `recordOffset`. The same rules hold for the owner, its successor, and
  /// every replica.
  public Verdict judge(long recordOffset, LogRecord record) {
    RecordHeader header = record.header();
    ChannelPosition after =
        new ChannelPosition(recordOffset + 1, epoch, sequence, lastTimestamp, chain);
    int comparison = header.epoch().compareTo(epoch);
    if (header.type() == RecordType.BARRIER) {
      if (comparison <= 0) {
        return new Verdict.Fenced(after);
      }
      if (header.sequence() != 0 || !record.follows(0)) {
        return new Verdict.Halt("barrier of epoch " + header.epoch() + " does not start a chain");
      }
      return new Verdict.Apply(
          new ChannelPosition(
              recordOffset + 1,
              header.epoch(),
              0,
              Math.max(lastTimestamp, header.timestamp()),
              record.chain()));
    }
    if (comparison < 0) {
      return new Verdict.Fenced(after);
    }
    if (comparison > 0) {
      return new Verdict.Halt("record of epoch " + header.epoch() + " without a barrier");
    }
    if (header.sequence() != sequence + 1) {
      return new Verdict.Halt(
          "record " + header.sequence() + " follows record " + sequence + " of epoch " + epoch);
    }
    if (!record.follows(chain)) {
      return new Verdict.Halt(
          "record " + header.sequence() + " of epoch " + epoch + " is chained to another record");
    }
    if (header.timestamp() < lastTimestamp
        || (header.timestamp() == lastTimestamp && header.type() != RecordType.TICK)) {
      return new Verdict.Halt(
          "timestamp " + header.timestamp() + " follows timestamp " + lastTimestamp);
    }
    return new Verdict.Apply(
        new ChannelPosition(
            recordOffset + 1, epoch, header.sequence(), header.timestamp(), record.chain()));
  }
}
