package quiver.vector.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/// Chooses the kernel of this process once: the Vector API's when the module is there, the machine
/// has at least 128-bit lanes and a self-test agrees with the scalar reference.
public final class VectorKernels {
  private static final VectorKernel SCALAR = new ScalarKernel();
  private static final CodeKernel SCALAR_CODES = new ScalarCodeKernel();
  private static final Selection SELECTION = select();
  private static final CodeKernel CODES = selectCodes();
  private static final KeyKernel KEYS =
      SELECTION.kernel() == SCALAR ? new ScalarKeyKernel() : new SimdKeyKernel();

  private VectorKernels() {}

  /// The kernel in use and why, for the log and for diagnostics.
  public record Selection(VectorKernel kernel, String reason) {}

  /// The fastest kernel that works here.
  public static VectorKernel best() {
    return SELECTION.kernel();
  }

  /// The chosen kernel with the reason.
  public static Selection selection() {
    return SELECTION;
  }

  /// The scalar reference.
  public static VectorKernel scalar() {
    return SCALAR;
  }

  /// The kernel for half vectors and bits.
  public static KeyKernel keys() {
    return KEYS;
  }

  /// The scalar reference for half vectors and bits.
  public static KeyKernel scalarKeys() {
    return new ScalarKeyKernel();
  }

  /// The fastest kernel for codes that works here.
  public static CodeKernel codes() {
    return CODES;
  }

  /// The scalar reference for codes.
  public static CodeKernel scalarCodes() {
    return SCALAR_CODES;
  }

  private static CodeKernel selectCodes() {
    if (SELECTION.kernel() == SCALAR) {
      return SCALAR_CODES;
    }
    try {
      CodeKernel simd = new SimdCodeKernel();
      return CodeKernelCheck.agree(SCALAR_CODES, simd) ? simd : SCALAR_CODES;
    } catch (LinkageError | RuntimeException e) {
      return SCALAR_CODES;
    }
  }

  private static Selection select() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new Selection(SCALAR, "module jdk.incubator.vector is not loaded");
    }
    try {
      if (SimdKernel.LANE_COUNT < 4) {
        return new Selection(SCALAR, "this processor has no SIMD lanes the JDK can use");
      }
      VectorKernel simd = new SimdKernel();
      return agreesWithScalar(simd)
          ? new Selection(simd, "self-test passed")
          : new Selection(SCALAR, "the self-test of " + simd.name() + " failed");
    } catch (LinkageError | RuntimeException e) {
      return new Selection(SCALAR, "the Vector API does not start: " + e);
    }
  }

  private static boolean agreesWithScalar(VectorKernel kernel) {
    SplittableRandom random = new SplittableRandom(1);
    int rowCount = 5;
    try (Arena arena = Arena.ofConfined()) {
      for (int dimension : new int[] {1, 3, 17, 64, 100}) {
        MemorySegment rows = arena.allocate((long) rowCount * dimension * Float.BYTES, 64);
        for (long i = 0; i < (long) rowCount * dimension; i++) {
          rows.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextInt(-8, 9));
        }
        float[] expected = new float[rowCount];
        float[] actual = new float[rowCount];
        for (KernelOperation operation : KernelOperation.values()) {
          SCALAR.scan(operation, rows, dimension, rows, 0, rowCount, expected);
          kernel.scan(operation, rows, dimension, rows, 0, rowCount, actual);
          for (int i = 0; i < rowCount; i++) {
            // Small integers add without rounding, in any order.
            if (expected[i] != actual[i]) {
              return false;
            }
          }
        }
      }
    }
    return true;
  }
}
