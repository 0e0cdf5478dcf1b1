package quiver.vector.kernel;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/// Memory from the kernel in large pages, which a graph walk needs: every vertex lies on another
/// page, and with pages of 4 KiB each costs a walk through the page tables besides the cache miss
/// (6 to 8 % of a search over 282 MB). Where the system has none, memory is allocated as usual.
public final class MemoryPages {
  /// A huge page of x86-64 and of most ARM systems.
  private static final long HUGE_BYTES = 2 << 20;

  private static final int ALIGNMENT = 64;
  private static final int PROTECTION_READ_WRITE = 3;
  private static final int PROTECTION_READ_EXECUTE = 5;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int ADVICE_HUGE_PAGE = 14;
  private static final int NO_FILE = -1;
  private static final long FAILED = -1;

  private static final Optional<SystemCalls> CALLS = SystemCalls.find();

  private MemoryPages() {}

  /// The functions of the C library that are called, with Linux's constants.
  private record SystemCalls(
      MethodHandle map, MethodHandle unmap, MethodHandle advise, MethodHandle protect) {

    static Optional<SystemCalls> find() {
      if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
        return Optional.empty();
      }
      ValueLayout.OfInt number = ValueLayout.JAVA_INT;
      ValueLayout.OfLong size = ValueLayout.JAVA_LONG;
      AddressLayout pointer = ValueLayout.ADDRESS;
      try {
        return Optional.of(
            new SystemCalls(
                call(
                    "mmap",
                    FunctionDescriptor.of(pointer, pointer, size, number, number, number, size)),
                call("munmap", FunctionDescriptor.of(number, pointer, size)),
                call("madvise", FunctionDescriptor.of(number, pointer, size, number)),
                call("mprotect", FunctionDescriptor.of(number, pointer, size, number))));
      } catch (IllegalCallerException | UnsupportedOperationException | IllegalStateException e) {
        return Optional.empty();
      }
    }

    @SuppressWarnings("restricted") // standard functions with their documented types
    private static MethodHandle call(String name, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      MemorySegment function =
          linker
              .defaultLookup()
              .find(name)
              .orElseThrow(() -> new IllegalStateException(name + " is missing"));
      return linker.downcallHandle(function, descriptor);
    }

    /// Zeroed memory at an address the kernel chooses; NULL if there is none.
    MemorySegment mapped(long bytes) {
      try {
        MemorySegment memory =
            (MemorySegment)
                map.invokeExact(
                    MemorySegment.NULL,
                    bytes,
                    PROTECTION_READ_WRITE,
                    MAP_PRIVATE_ANONYMOUS,
                    NO_FILE,
                    0L);
        return memory.address() == FAILED ? MemorySegment.NULL : memory;
      } catch (Throwable e) {
        throw new IllegalStateException("mmap cannot be called", e);
      }
    }

    void unmapped(MemorySegment memory, long bytes) {
      try {
        int ignored = (int) unmap.invokeExact(memory, bytes);
      } catch (Throwable e) {
        throw new IllegalStateException("munmap cannot be called", e);
      }
    }

    boolean advised(MemorySegment memory, long bytes) {
      try {
        return (int) advise.invokeExact(memory, bytes, ADVICE_HUGE_PAGE) == 0;
      } catch (Throwable e) {
        throw new IllegalStateException("madvise cannot be called", e);
      }
    }

    boolean executable(MemorySegment memory, long bytes) {
      try {
        return (int) protect.invokeExact(memory, bytes, PROTECTION_READ_EXECUTE) == 0;
      } catch (Throwable e) {
        throw new IllegalStateException("mprotect cannot be called", e);
      }
    }
  }

  /// Zeroed memory at a multiple of 64 bytes, in huge pages from one huge page on if the system
  /// gives them. Freed with the arena.
  public static MemorySegment allocate(long bytes, Arena arena) {
    return bytes < HUGE_BYTES || CALLS.isEmpty()
        ? arena.allocate(bytes, ALIGNMENT)
        : allocateHuge(CALLS.get(), bytes, arena);
  }

  @SuppressWarnings("restricted") // the segment is as long as what was mapped
  private static MemorySegment allocateHuge(SystemCalls calls, long bytes, Arena arena) {
    // One page more, so that a whole one begins inside.
    long mappedBytes = Math.ceilDiv(bytes, HUGE_BYTES) * HUGE_BYTES + HUGE_BYTES;
    MemorySegment base = calls.mapped(mappedBytes);
    if (base.address() == 0) {
      return arena.allocate(bytes, ALIGNMENT);
    }
    MemorySegment all =
        base.reinterpret(mappedBytes, arena, memory -> calls.unmapped(memory, mappedBytes));
    long skipped = -base.address() & (HUGE_BYTES - 1);
    MemorySegment aligned = all.asSlice(skipped, mappedBytes - HUGE_BYTES);
    // Refused when the kernel was built without: then the pages are small.
    boolean ignored = calls.advised(aligned, aligned.byteSize());
    return aligned.asSlice(0, bytes);
  }

  /// Memory that holds machine code, for good; empty where the system does not allow it.
  @SuppressWarnings("restricted") // the segment is as long as what was mapped
  static Optional<MemorySegment> code(byte[] instructions) {
    if (CALLS.isEmpty()) {
      return Optional.empty();
    }
    MemorySegment base = CALLS.get().mapped(instructions.length);
    if (base.address() == 0) {
      return Optional.empty();
    }
    MemorySegment memory = base.reinterpret(instructions.length);
    MemorySegment.copy(instructions, 0, memory, ValueLayout.JAVA_BYTE, 0, instructions.length);
    return CALLS.get().executable(memory, instructions.length)
        ? Optional.of(memory)
        : Optional.empty();
  }
}
