package quiver.rpc.codec;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.Cancellation;
import quiver.rpc.DataCoordinatorService;
import quiver.rpc.DataNodeService;
import quiver.rpc.Pending;
import quiver.rpc.QueryNodeService;
import quiver.rpc.QueryNodeService.RowStream;
import quiver.rpc.RootCoordinatorService;

/// Arguments and results of the services as bytes, little endian. The form of a type follows from
/// its declaration: a record is its components in order, a sealed interface a byte that tells the
/// class, a list its length and entries, a column its arrays as they are in memory. Both ends must
/// have the same declarations, which [#digest] tells. Immutable.
///
/// Damaged or hostile bytes give `08P01`: lengths are checked before anything is allocated, nesting
/// is bounded, and constructors of records check what they always check.
public final class WireCodec {
  /// Longest message: above that of the largest staged chunk of rows, of which one row may be
  /// large.
  public static final int MESSAGE_SIZE_BYTES_MAX = 256 << 20;

  /// The services of this product.
  public static final List<Class<?>> SERVICES =
      List.of(
          RootCoordinatorService.class,
          DataCoordinatorService.class,
          DataNodeService.class,
          QueryNodeService.class);

  private static final int DIGEST_BYTES = 16;

  private final Forms forms = new Forms();
  private final String digest;

  /// A codec for all arguments and results of the services.
  public WireCodec() {
    this(SERVICES);
  }

  WireCodec(List<Class<?>> services) {
    StringBuilder methods = new StringBuilder();
    List<Method> sorted =
        services.stream()
            .flatMap(service -> List.of(service.getMethods()).stream())
            .sorted(java.util.Comparator.comparing(Method::toGenericString))
            .toList();
    for (Method method : sorted) {
      for (Type type : method.getGenericParameterTypes()) {
        var _ = forms.of(type);
      }
      Class<?> result = method.getReturnType();
      if (result != void.class && result != RowStream.class) {
        var _ = forms.of(resultOf(method));
      }
      methods.append(method.toGenericString()).append('\n');
    }
    for (Type type : List.of(RowBatch.class, WireError.class, String.class)) {
      var _ = forms.of(type);
    }
    this.digest = digestOf(methods + forms.description());
  }

  /// What a method answers, at once or later.
  public static Type resultOf(Method method) {
    return method.getReturnType() == Pending.class
            && method.getGenericReturnType() instanceof ParameterizedType later
        ? later.getActualTypeArguments()[0]
        : method.getGenericReturnType();
  }

  private static String digestOf(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// Tells two builds apart whose messages differ.
  public String digest() {
    return digest;
  }

  /// A message.
  ///
  /// @param cancellations those among the values: they stay here and stand for the call
  public record Message(byte[] bytes, List<Cancellation> cancellations) {
    public Message {
      cancellations = List.copyOf(cancellations);
    }
  }

  /// Writes values of these types after one byte.
  ///
  /// @throws QuiverException `54000` if the message is too long, `54001` if it nests too deeply
  public Message encode(int tag, Type[] types, @Nullable Object[] values) {
    WireOutput out = new WireOutput();
    out.bytes.putByte(tag);
    try {
      for (int i = 0; i < types.length; i++) {
        forms.of(types[i]).write(out, values[i]);
      }
    } catch (ArithmeticException | OutOfMemoryError e) {
      throw tooLong().withCause(e);
    } catch (StackOverflowError e) {
      throw WireOutput.tooDeep();
    }
    if (out.bytes.sizeBytes() > MESSAGE_SIZE_BYTES_MAX) {
      throw tooLong();
    }
    return new Message(out.bytes.toBytes(), out.cancellations);
  }

  private static QuiverException tooLong() {
    return new QuiverException(
        SqlState.PROGRAM_LIMIT_EXCEEDED,
        "a message between nodes is longer than %d bytes",
        MESSAGE_SIZE_BYTES_MAX);
  }

  /// Reads what [#encode] wrote, after its tag.
  ///
  /// @param cancellation stands for every cancellation in the message
  /// @throws QuiverException `08P01` if the bytes are not such a message
  public @Nullable Object[] decode(Type[] types, byte[] message, Cancellation cancellation) {
    WireInput in = new WireInput(message, cancellation);
    try {
      byte _ = in.bytes.get();
      @Nullable Object[] values = new @Nullable Object[types.length];
      for (int i = 0; i < types.length; i++) {
        values[i] = forms.of(types[i]).read(in);
      }
      if (in.bytes.hasRemaining()) {
        throw new IllegalArgumentException(in.bytes.remaining() + " bytes too many");
      }
      return values;
    } catch (RuntimeException | StackOverflowError e) {
      throw new QuiverException(SqlState.PROTOCOL_VIOLATION, "a message between nodes is damaged")
          .withCause(e);
    }
  }
}
