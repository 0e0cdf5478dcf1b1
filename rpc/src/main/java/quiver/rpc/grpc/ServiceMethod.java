package quiver.rpc.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import quiver.rpc.FireAndForget;
import quiver.rpc.Idempotent;
import quiver.rpc.Pending;
import quiver.rpc.QueryNodeService.RowStream;
import quiver.rpc.codec.WireCodec;

/// One method of a service as gRPC knows it: `quiver.INTERFACE/METHOD`, its messages bytes.
///
/// Every message starts with a byte: of requests [#CALL] or [#STOP], of answers [#VALUE], [#LAST],
/// [#END], [#ERROR] or [#REFUSED].
record ServiceMethod(
    Method method,
    Type[] parameters,
    Type result,
    boolean idempotent,
    boolean forgotten,
    MethodDescriptor<byte[], byte[]> descriptor) {
  /// The arguments follow.
  static final int CALL = 0;

  /// No more rows are wanted.
  static final int STOP = 1;

  /// A result or a batch of rows follows.
  static final int VALUE = 0;

  /// An error follows; it is the last message.
  static final int ERROR = 1;

  /// The statistics of a stream follow; it is the last message.
  static final int END = 2;

  /// An error follows; nothing was done. It is the last message.
  static final int REFUSED = 3;

  /// The last batch of rows follows, of a stream without statistics; it is the last message.
  static final int LAST = 4;

  static ServiceMethod of(Method method) {
    boolean stream = method.getReturnType() == RowStream.class;
    return new ServiceMethod(
        method,
        method.getGenericParameterTypes(),
        WireCodec.resultOf(method),
        method.isAnnotationPresent(Idempotent.class),
        method.isAnnotationPresent(FireAndForget.class),
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(stream ? MethodType.BIDI_STREAMING : MethodType.UNARY)
            .setFullMethodName(
                MethodDescriptor.generateFullMethodName(
                    serviceName(method.getDeclaringClass()), method.getName()))
            .setRequestMarshaller(new BytesMarshaller())
            .setResponseMarshaller(new BytesMarshaller())
            .build());
  }

  static String serviceName(Class<?> service) {
    return "quiver." + service.getSimpleName();
  }

  /// The methods of a service, whose names differ.
  static Map<Method, ServiceMethod> all(Class<?> service) {
    Map<Method, ServiceMethod> methods = new HashMap<>();
    Map<String, Method> names = new HashMap<>();
    for (Method method : service.getMethods()) {
      if (names.put(method.getName(), method) != null) {
        throw new IllegalArgumentException(service + " has two methods " + method.getName());
      }
      methods.put(method, of(method));
    }
    return methods;
  }

  boolean isStream() {
    return method.getReturnType() == RowStream.class;
  }

  /// Whether the caller does not wait for the answer yet.
  boolean isPending() {
    return method.getReturnType() == Pending.class;
  }

  boolean isVoid() {
    return method.getReturnType() == void.class;
  }

  /// `DataNodeService.commit`, for messages.
  String named() {
    return method.getDeclaringClass().getSimpleName() + "." + method.getName();
  }

  private static final class BytesMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new Message(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try (stream) {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Bytes that tell gRPC how many they are.
  private static final class Message extends ByteArrayInputStream implements io.grpc.KnownLength {
    Message(byte[] bytes) {
      super(bytes);
    }
  }
}
