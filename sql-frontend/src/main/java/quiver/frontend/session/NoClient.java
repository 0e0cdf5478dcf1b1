package quiver.frontend.session;

import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.frontend.format.DatumFormat;

/// The other end of a session that nobody listens to.
final class NoClient implements Client {
  @Override
  public void parameterStatus(String name, String value) {}

  @Override
  public void notice(Notice notice) {}

  @Override
  public void notification(Notification notification) {}

  @Override
  public void wake() {}

  @Override
  public void rowDescription(List<OutputColumn> columns, int[] formats) {}

  @Override
  public void rows(RowBatch batch, int from, int count, int[] formats, DatumFormat format) {}

  @Override
  public void commandComplete(String tag) {}

  @Override
  public void emptyQuery() {}

  @Override
  public void portalSuspended() {}

  @Override
  public void copyInResponse(boolean binary, int columnCount) {}

  @Override
  public Optional<byte[]> nextCopyData() {
    return Optional.empty();
  }

  @Override
  public void copyOutResponse(boolean binary, int columnCount) {}

  @Override
  public void copyData(byte[] bytes, int from, int count) {}

  @Override
  public void copyDone() {}

  @Override
  public void startHold() {}

  @Override
  public boolean isHeld() {
    return false;
  }

  @Override
  public int heldPosition() {
    return 0;
  }

  @Override
  public byte[] takeHeld() {
    return new byte[0];
  }

  @Override
  public void giveHeld(byte[] replies, int from, int to) {}

  @Override
  public void endHold() {}
}
