package quiver.benchmarks.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import quiver.vector.kernel.KernelOperation;

/// Runs every benchmark method once with the smallest parameters.
class KernelBenchmarkTest {
  @Test
  void everyKernelRuns() {
    for (String implementation : new String[] {"scalar", "best"}) {
      for (KernelOperation operation : KernelOperation.values()) {
        KernelBenchmark benchmark = new KernelBenchmark();
        benchmark.dimension = 7;
        benchmark.implementation = implementation;
        benchmark.operation = operation;
        benchmark.allocate();
        assertThat(benchmark.scan().clone()[3]).isEqualTo(benchmark.heap()[3]);
        assertThat(benchmark.gather()).hasSize(KernelBenchmark.ROW_COUNT);
        assertThat(benchmark.cosine()).hasSize(KernelBenchmark.ROW_COUNT);
        benchmark.free();
      }
    }
  }
}
