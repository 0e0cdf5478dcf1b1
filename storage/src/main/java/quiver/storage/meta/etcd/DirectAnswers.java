package quiver.storage.meta.etcd;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/// Has no threads between a caller and its connection: questions about keys are sent by those who
/// ask, and their answers noted by the connection's thread, which only wakes who waits. The client
/// would take a thread of its own each way, which costs more than etcd takes to answer.
final class DirectAnswers extends AbstractExecutorService implements ClientInterceptor {
  private static final String KEYS = "etcdserverpb.KV";

  private volatile boolean isShutdown;

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(
        method, KEYS.equals(method.getServiceName()) ? options.withExecutor(this) : options);
  }

  @Override
  public void execute(Runnable command) {
    command.run();
  }

  @Override
  public void shutdown() {
    isShutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    isShutdown = true;
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return isShutdown;
  }

  @Override
  public boolean isTerminated() {
    return isShutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isShutdown;
  }
}
