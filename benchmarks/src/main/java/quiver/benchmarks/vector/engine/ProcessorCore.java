package quiver.benchmarks.vector.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Pins a thread to a processor, so that engines in turn have the same caches and clock.
final class ProcessorCore {
  private static final int MASK_BYTES = 128;

  private ProcessorCore() {}

  /// Pins the calling thread alone: compiler and collector threads stay free.
  ///
  /// @throws IllegalStateException if the system refuses
  @SuppressWarnings("restricted") // a call of the C library with checked arguments
  static void pinCurrentThread(int core) {
    Linker linker = Linker.nativeLinker();
    MemorySegment function =
        linker
            .defaultLookup()
            .find("sched_setaffinity")
            .orElseThrow(() -> new IllegalStateException("sched_setaffinity is missing"));
    MethodHandle call =
        linker.downcallHandle(
            function,
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
      mask.set(ValueLayout.JAVA_BYTE, core / 8, (byte) (1 << (core % 8)));
      int result;
      try {
        result = (int) call.invokeExact(0, (long) MASK_BYTES, mask);
      } catch (Throwable e) {
        throw new IllegalStateException("sched_setaffinity cannot be called", e);
      }
      if (result != 0) {
        throw new IllegalStateException("the system does not let a thread run on core " + core);
      }
    }
  }
}
