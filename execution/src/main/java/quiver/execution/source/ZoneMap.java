package quiver.execution.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Statistics of a column per block of rows, visible or not. A scan skips a block when they prove
/// that no row can pass.
///
/// @param rowsPerBlock rows `i × rowsPerBlock …` are block `i`; a multiple of 64
public record ZoneMap(int rowsPerBlock, List<Zone> zones) {
  public ZoneMap {
    if (rowsPerBlock < 64 || rowsPerBlock % 64 != 0) {
      throw new IllegalArgumentException("rowsPerBlock " + rowsPerBlock);
    }
    zones = List.copyOf(zones);
  }

  /// One block. Bounds are datums in the order of [quiver.common.value.DatumOrder]; they may be
  /// wider than the values.
  ///
  /// @param min null: unknown, or every row is NULL (`nullCount` tells)
  /// @param max null: as `min`
  /// @param nullCount rows that are NULL
  public record Zone(@Nullable Object min, @Nullable Object max, int nullCount) {}
}
