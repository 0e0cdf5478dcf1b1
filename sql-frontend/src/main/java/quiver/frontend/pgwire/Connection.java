package quiver.frontend.pgwire;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.common.type.SqlType;
import quiver.frontend.format.DatumFormat;
import quiver.frontend.session.Client;
import quiver.frontend.session.Notice;
import quiver.frontend.session.Notification;

/// A connection as its session sees it: messages come from the inbox, replies are collected and
/// handed to the socket in large pieces. Used by the session's thread only, except where a method
/// says otherwise.
final class Connection implements Client {
  /// How long a client has to read why its session has ended.
  private static final long LINGER_SECONDS = 3;

  /// How often a session that waits for COPY data looks whether it was cancelled.
  private static final long CANCEL_CHECK_MILLIS = 500;

  private static final int TYPE_LENGTH_UNKNOWN = -1;

  private final Channel channel;
  private final Inbox inbox;
  private final MessageWriter out;
  private final RowEncoder rows;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition writable = lock.newCondition();
  private Runnable cancelCheck = () -> {};
  private boolean flushWanted;
  private boolean holding;
  private volatile boolean lingering;
  private boolean held;
  private int holdStart;

  @GuardedBy("lock")
  private boolean closed;

  Connection(Channel channel, Inbox inbox) {
    this.channel = channel;
    this.inbox = inbox;
    this.out = new MessageWriter(channel.alloc());
    this.rows = new RowEncoder(out);
  }

  /// @param check throws when the session has to stop waiting for data
  void setCancelCheck(Runnable check) {
    cancelCheck = check;
  }

  Inbox inbox() {
    return inbox;
  }

  // --- sending ---------------------------------------------------------------------------------

  private void end() {
    out.end();
    int pending = out.size();
    if (pending > WireLimits.REPLY_CHUNK_SIZE_BYTES
        && (!holding || pending > WireLimits.REPLY_HELD_SIZE_BYTES_MAX)) {
      flush();
    }
  }

  /// Hands what was collected to the socket; waits while too much is on its way.
  ///
  /// @throws QuiverException `08006` when the client has gone without taking leave
  void flush() {
    flushWanted = false;
    held = false;
    holdStart = 0;
    Optional<ByteBuf> taken = out.take();
    if (taken.isEmpty()) {
      return;
    }
    var _ = channel.writeAndFlush(taken.get(), channel.voidPromise());
    if (!channel.isWritable()) {
      awaitWritable();
    }
  }

  private void awaitWritable() {
    lock.lock();
    try {
      while (!channel.isWritable() && !closed) {
        writable.await();
      }
      // A client that has taken leave reads nothing more, yet wants done what it has sent.
      if (closed && !inbox.hasTakenLeave()) {
        throw gone();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw gone().withCause(e);
    } finally {
      lock.unlock();
    }
  }

  private static QuiverException gone() {
    return new QuiverException(SqlState.CONNECTION_FAILURE, "connection to client lost");
  }

  /// The socket takes more, or has closed. For the event loop.
  void socketChanged(boolean nowClosed) {
    lock.lock();
    try {
      closed |= nowClosed;
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Replies are due: they are sent before the session waits for the next message.
  void wantFlush() {
    flushWanted = true;
  }

  /// Sends what is due if nothing more is there to be done first.
  void flushIfIdle() {
    if (flushWanted && inbox.isEmpty()) {
      flush();
    }
  }

  /// Has [#close] wait for the client: what it has just sent would otherwise reset the connection,
  /// and it would lose the reason.
  void linger() {
    lingering = true;
  }

  /// Sends everything and closes the socket.
  void close() {
    Optional<ByteBuf> taken = out.take();
    if (taken.isPresent()) {
      var _ = channel.writeAndFlush(taken.get(), channel.voidPromise());
    }
    if (lingering
        && channel instanceof DuplexChannel duplex
        && channel.pipeline().get(SslHandler.class) == null) {
      channel.config().setAutoRead(true);
      var _ = duplex.shutdownOutput();
      closeLater();
    } else {
      var _ = channel.close();
    }
  }

  private void closeLater() {
    var _ =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  var _ = channel.close();
                },
                LINGER_SECONDS,
                TimeUnit.SECONDS);
  }

  // --- held replies ----------------------------------------------------------------------------

  @Override
  public void startHold() {
    holding = true;
    held = true;
    holdStart = out.size();
  }

  @Override
  public boolean isHeld() {
    return held;
  }

  @Override
  public int heldPosition() {
    return out.size() - holdStart;
  }

  @Override
  public byte[] takeHeld() {
    return out.cut(holdStart);
  }

  @Override
  public void giveHeld(byte[] replies, int from, int to) {
    out.putBytes(replies, from, to - from);
  }

  @Override
  public void endHold() {
    holding = false;
    held = false;
  }

  // --- messages --------------------------------------------------------------------------------

  @Override
  public void notification(Notification notification) {
    out.begin('A');
    out.putInt(notification.pid());
    out.putString(notification.channel());
    out.putString(notification.payload());
    end();
  }

  @Override
  public void wake() {
    inbox.wake();
  }

  void authenticationOk() {
    out.begin('R');
    out.putInt(0);
    end();
  }

  void negotiateVersion(int version, List<String> unknownOptions) {
    out.begin('v');
    out.putInt(version);
    out.putInt(unknownOptions.size());
    unknownOptions.forEach(out::putString);
    end();
  }

  /// Asks the client to show who it is: an Authentication message of some kind, sent at once.
  void authenticationRequest(int kind, byte[] data) {
    out.begin('R');
    out.putInt(kind);
    out.putBytes(data, 0, data.length);
    end();
    flush();
  }

  void backendKey(int pid, int key) {
    out.begin('K');
    out.putInt(pid);
    out.putInt(key);
    end();
  }

  void readyForQuery(char status) {
    out.begin('Z');
    out.putByte(status);
    end();
    wantFlush();
  }

  /// A message without a body: ParseComplete and the like.
  void simple(char type) {
    out.empty(type);
  }

  void parameterDescription(List<SqlType> types) {
    out.begin('t');
    out.putShort(types.size());
    for (SqlType type : types) {
      out.putInt(type.oid());
    }
    end();
  }

  /// @param fatal whether the connection is closed after it
  void error(QuiverException error, boolean fatal) {
    out.begin('E');
    field('S', fatal ? "FATAL" : "ERROR");
    field('V', fatal ? "FATAL" : "ERROR");
    field('C', error.state().code());
    field('M', error.message());
    error.field(Field.DETAIL).ifPresent(text -> field('D', text));
    error.field(Field.HINT).ifPresent(text -> field('H', text));
    if (error.position() > 0) {
      field('P', Integer.toString(error.position()));
    }
    error.field(Field.WHERE).ifPresent(text -> field('W', text));
    error.field(Field.SCHEMA).ifPresent(text -> field('s', text));
    error.field(Field.TABLE).ifPresent(text -> field('t', text));
    error.field(Field.COLUMN).ifPresent(text -> field('c', text));
    error.field(Field.DATA_TYPE).ifPresent(text -> field('d', text));
    error.field(Field.CONSTRAINT).ifPresent(text -> field('n', text));
    out.putByte(0);
    end();
  }

  private void field(char code, String text) {
    out.putByte(code);
    out.putString(text.indexOf('\0') < 0 ? text : text.replace('\0', '\uFFFD'));
  }

  @Override
  public void notice(Notice notice) {
    out.begin('N');
    field('S', notice.severity());
    field('V', notice.severity());
    field('C', notice.sqlState());
    field('M', notice.message());
    notice.detail().ifPresent(text -> field('D', text));
    notice.hint().ifPresent(text -> field('H', text));
    out.putByte(0);
    end();
  }

  @Override
  public void parameterStatus(String name, String value) {
    out.begin('S');
    out.putString(name);
    out.putString(value);
    end();
  }

  @Override
  public void rowDescription(List<OutputColumn> columns, int[] formats) {
    out.begin('T');
    out.putShort(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      OutputColumn column = columns.get(i);
      SqlType type = column.type();
      out.putString(column.name());
      out.putInt((int) column.tableId());
      out.putShort(column.columnId());
      out.putInt(type.oid());
      out.putShort(type.array() ? TYPE_LENGTH_UNKNOWN : type.base().typeLength());
      out.putInt(type.modifier());
      out.putShort(formats[i]);
    }
    end();
  }

  @Override
  public void rows(RowBatch batch, int from, int count, int[] formats, DatumFormat format) {
    for (int row = from; row < from + count; row++) {
      rows.row(batch, row, formats, format);
      if (out.size() > WireLimits.REPLY_CHUNK_SIZE_BYTES
          && (!holding || out.size() > WireLimits.REPLY_HELD_SIZE_BYTES_MAX)) {
        flush();
      }
    }
  }

  @Override
  public void commandComplete(String tag) {
    out.begin('C');
    out.putString(tag);
    end();
  }

  @Override
  public void emptyQuery() {
    simple('I');
  }

  @Override
  public void portalSuspended() {
    simple('s');
  }

  // --- COPY ------------------------------------------------------------------------------------

  @Override
  public void copyInResponse(boolean binary, int columnCount) {
    copyResponse('G', binary, columnCount);
    flush();
  }

  @Override
  public void copyOutResponse(boolean binary, int columnCount) {
    copyResponse('H', binary, columnCount);
  }

  private void copyResponse(char type, boolean binary, int columnCount) {
    out.begin(type);
    out.putByte(binary ? 1 : 0);
    out.putShort(columnCount);
    for (int i = 0; i < columnCount; i++) {
      out.putShort(binary ? 1 : 0);
    }
    end();
  }

  @Override
  public void copyData(byte[] bytes, int from, int count) {
    out.begin('d');
    out.putBytes(bytes, from, count);
    end();
  }

  @Override
  public void copyDone() {
    simple('c');
  }

  @Override
  public Optional<byte[]> nextCopyData() {
    while (true) {
      switch (awaitMessage()) {
        case Inbound.Message(byte type, byte[] body) -> {
          switch (type) {
            case 'd' -> {
              return Optional.of(body);
            }
            case 'c' -> {
              return Optional.empty();
            }
            case 'f' ->
                throw new QuiverException(
                    SqlState.QUERY_CANCELED,
                    "COPY from stdin failed: %s",
                    new MessageReader(body).string());
            case 'H', 'S' -> {
              // Ignored until the COPY has ended, as PostgreSQL does.
            }
            default ->
                throw new QuiverException(
                    SqlState.PROTOCOL_VIOLATION,
                    "unexpected message type 0x%02X during COPY from stdin",
                    type);
          }
        }
        case Inbound.Oversized(byte type, long length) -> throw ProtocolLoop.tooLong(type, length);
        case Inbound.Fatal fatal -> {
          inbox.put(fatal);
          throw fatal.error();
        }
        case Inbound.Disconnected gone -> {
          inbox.put(gone);
          throw gone();
        }
        case Inbound.Wake _ -> {
          // Notifications wait until the statement is over.
        }
        case Inbound.Startup ignored -> throw new IllegalStateException("a second startup packet");
      }
    }
  }

  private Inbound awaitMessage() {
    try {
      while (true) {
        Optional<Inbound> message = inbox.poll(CANCEL_CHECK_MILLIS);
        if (message.isPresent()) {
          return message.get();
        }
        cancelCheck.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw gone().withCause(e);
    }
  }
}
