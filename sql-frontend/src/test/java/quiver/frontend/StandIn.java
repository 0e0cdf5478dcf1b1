package quiver.frontend;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import quiver.execution.library.StandardFunctionLibrary;
import quiver.execution.operator.FragmentExecutor;
import quiver.execution.runtime.CpuPool;

/// A front end over memory, to try things by hand: `StandIn [port]`.
final class StandIn {
  private StandIn() {}

  static FrontEnd start(int port, MemoryBackend backend, StandardFunctionLibrary library) {
    return FrontEnd.start(
        new FrontEndConfig(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            Optional.empty(),
            50,
            1 << 28,
            Optional.empty(),
            "quiver",
            "test"),
        new FrontEndBackend(
            backend,
            backend,
            library,
            CpuPool.callerOnly(),
            InstantSource.system(),
            new SplittableRandom(1),
            new UUID(1, 1)));
  }

  public static void main(String[] arguments) throws InterruptedException {
    StandardFunctionLibrary library = new StandardFunctionLibrary();
    try (FrontEnd _ =
        start(
            Integer.parseInt(arguments[0]),
            new MemoryBackend(new FragmentExecutor(library)),
            library)) {
      Thread.currentThread().join();
    }
  }
}
