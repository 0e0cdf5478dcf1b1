package quiver.benchmarks.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

/// How long does one comparison take when the rows are in the second-level cache? Time is per row.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0"
    })
public class KernelBenchmark {
  static final int ROW_COUNT = 256;

  /// 7 is the small value that runs in every build, 384 the canonical one.
  @Param({"7", "384"})
  public int dimension = 384;

  @Param({"scalar", "best"})
  public String implementation = "best";

  @Param({"SQUARED_L2", "INNER_PRODUCT", "L1"})
  public KernelOperation operation = KernelOperation.SQUARED_L2;

  private final Arena arena = Arena.ofShared();
  private final float[] results = new float[ROW_COUNT];
  private final float[] squaredNorms = new float[ROW_COUNT];
  private final int[] rowNumbers = new int[ROW_COUNT];
  private VectorKernel kernel = VectorKernels.best();
  private MemorySegment query = MemorySegment.NULL;
  private MemorySegment rows = MemorySegment.NULL;
  private float[] heapQuery = new float[0];
  private float[] heapRows = new float[0];

  @Setup
  public void allocate() {
    kernel = implementation.equals("scalar") ? VectorKernels.scalar() : VectorKernels.best();
    SplittableRandom random = new SplittableRandom(1);
    heapQuery = floats(random, dimension);
    heapRows = floats(random, dimension * ROW_COUNT);
    query = arena.allocateFrom(ValueLayout.JAVA_FLOAT.withByteAlignment(4), heapQuery);
    rows = arena.allocate(4L * heapRows.length, 64);
    MemorySegment.copy(heapRows, 0, rows, ValueLayout.JAVA_FLOAT, 0, heapRows.length);
    for (int i = 0; i < ROW_COUNT; i++) {
      rowNumbers[i] = random.nextInt(ROW_COUNT);
    }
  }

  @TearDown
  public void free() {
    arena.close();
  }

  private static float[] floats(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  @Benchmark
  @OperationsPerInvocation(ROW_COUNT)
  public float[] scan() {
    kernel.scan(operation, query, dimension, rows, 0, ROW_COUNT, results);
    return results;
  }

  @Benchmark
  @OperationsPerInvocation(ROW_COUNT)
  public float[] gather() {
    kernel.gather(operation, query, dimension, rows, rowNumbers, ROW_COUNT, results);
    return results;
  }

  @Benchmark
  @OperationsPerInvocation(ROW_COUNT)
  public float[] heap() {
    kernel.scan(operation, heapQuery, heapRows, 0, ROW_COUNT, results);
    return results;
  }

  @Benchmark
  @OperationsPerInvocation(ROW_COUNT)
  public float[] cosine() {
    kernel.scanCosine(query, dimension, rows, 0, ROW_COUNT, results, squaredNorms);
    return results;
  }
}
