package quiver.rpc.grpc;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;
import quiver.rpc.Cancellation;
import quiver.rpc.QueryNodeService.RowStream;
import quiver.rpc.codec.WireCodec;
import quiver.rpc.codec.WireError;

/// Rows of a fragment that runs elsewhere. Closed early, it only waits for the other side if
/// statistics are wanted.
final class RemoteStream implements RowStream {
  private static final Type[] BATCH = {RowBatch.class};
  private static final Type[] ERROR = {WireError.class};
  private static final Type[] LINE = {String.class};

  private final OutgoingCall call;
  private final WireCodec codec;
  private final boolean analyze;
  private List<String> statistics = List.of();
  private boolean ended;

  RemoteStream(OutgoingCall call, WireCodec codec, boolean analyze) {
    this.call = call;
    this.codec = codec;
    this.analyze = analyze;
  }

  @Override
  public Optional<RowBatch> next() {
    if (ended) {
      return Optional.empty();
    }
    byte[] answer = take();
    return answer[0] == ServiceMethod.VALUE || answer[0] == ServiceMethod.LAST
        ? Optional.of((RowBatch) decode(BATCH, answer))
        : Optional.empty();
  }

  @Override
  public boolean isEnded() {
    return ended;
  }

  /// The next message; notes the end.
  private byte[] take() {
    byte[] answer;
    try {
      answer = call.await();
    } catch (RuntimeException e) {
      ended = true;
      throw e;
    }
    switch (answer[0]) {
      case ServiceMethod.VALUE -> call.more();
      case ServiceMethod.LAST -> ended = true;
      case ServiceMethod.END -> {
        ended = true;
        String lines = (String) decode(LINE, answer);
        statistics = lines.isEmpty() ? List.of() : List.of(lines.split("\n", -1));
      }
      default -> {
        ended = true;
        throw ((WireError) decode(ERROR, answer)).exception();
      }
    }
    return answer;
  }

  private Object decode(Type[] types, byte[] answer) {
    Object value = codec.decode(types, answer, Cancellation.NEVER)[0];
    if (value == null) {
      throw new IllegalStateException("null in a message");
    }
    return value;
  }

  @Override
  public List<String> statistics() {
    return statistics;
  }

  @Override
  public void close() {
    if (ended) {
      return;
    }
    if (!analyze) {
      ended = true;
      call.cancel();
      return;
    }
    call.stop();
    while (!ended) {
      byte[] _ = take();
    }
  }
}
