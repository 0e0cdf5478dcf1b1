package quiver.workers.segment;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.type.SqlType;
import quiver.common.value.Bytes;
import quiver.common.value.DatumCodec;

/// A column as rows are kept: its id says which it is, whatever its name and place in the table.
///
/// @param missing the value in rows that are older than the column, as [DatumCodec] writes it;
///   empty: NULL
public record StoredColumn(int id, SqlType type, Optional<Bytes> missing) {
  public StoredColumn {
    type = type.stored();
  }

  static StoredColumn of(ColumnDefinition column) {
    return new StoredColumn(column.id(), column.type(), column.missing());
  }

  /// The value in rows that are older than the column.
  @Nullable Object missingValue() {
    return missing
        .map(bytes ->
            DatumCodec.read(ByteBuffer.wrap(bytes.array()).order(ByteOrder.LITTLE_ENDIAN), type))
        .orElse(null);
  }
}
