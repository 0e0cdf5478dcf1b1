package quiver.workers.channel;

import java.util.List;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.storage.record.LogRecord;

/// What an owner answers to a request.
public sealed interface Decision {
  /// The records to append, in order and before anything else; the request is done when `pending`
  /// is.
  record Append(List<LogRecord> records, Pending pending) implements Decision {
    public Append {
      records = List.copyOf(records);
    }
  }

  /// The same request is on its way already, or done.
  record Known(Pending pending) implements Decision {}

  /// Nothing is appended.
  record Answer(CommitResult result) implements Decision {}

  /// Something else must be applied first: ask again after the next applied record.
  record Later() implements Decision {}
}
