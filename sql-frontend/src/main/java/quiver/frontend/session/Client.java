package quiver.frontend.session;

import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.frontend.format.DatumFormat;

/// The other end of a session's connection. Replies are collected and sent when the protocol says
/// so. Used by the session's thread only.
public interface Client {
  /// A parameter that clients are told about.
  void parameterStatus(String name, String value);

  void notice(Notice notice);

  /// NotificationResponse.
  void notification(Notification notification);

  /// Makes the session look for notifications when it waits for the client. For any thread.
  void wake();

  /// @param formats one per column: 0 text, 1 binary
  void rowDescription(List<OutputColumn> columns, int[] formats);

  /// Rows `from … from+count-1` of a batch.
  void rows(RowBatch batch, int from, int count, int[] formats, DatumFormat format);

  void commandComplete(String tag);

  void emptyQuery();

  /// A portal has given as many rows as were asked for.
  void portalSuspended();

  /// Asks for the rows of a COPY FROM.
  void copyInResponse(boolean binary, int columnCount);

  /// The next piece of a COPY FROM's data, which belongs to the caller; empty at its end.
  ///
  /// @throws quiver.common.error.QuiverException `57014` when the client gives up, `08P01` when it
  ///   sends something else, `08006` when it has gone
  Optional<byte[]> nextCopyData();

  void copyOutResponse(boolean binary, int columnCount);

  /// One CopyData message.
  void copyData(byte[] bytes, int from, int count);

  void copyDone();

  /// From now on replies are kept back, as far as memory allows, so that they can be replaced.
  void startHold();

  /// Whether nothing was sent since `startHold`.
  boolean isHeld();

  /// Bytes of replies since `startHold`.
  int heldPosition();

  /// Takes back the replies since `startHold`; holding goes on.
  byte[] takeHeld();

  /// Replies that were taken back.
  void giveHeld(byte[] replies, int from, int to);

  /// Replies may be sent again as they fill up.
  void endHold();
}
