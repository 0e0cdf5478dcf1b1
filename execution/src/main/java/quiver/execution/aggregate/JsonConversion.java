package quiver.execution.aggregate;

import org.jspecify.annotations.Nullable;
import quiver.common.type.SqlType;
import quiver.common.value.Jsonb;

/// How datums become JSON: `to_json` and `to_jsonb`, bound to a session.
public interface JsonConversion {
  /// JSON text of a datum; `null` for NULL.
  String toJson(SqlType type, @Nullable Object datum);

  Jsonb toJsonb(SqlType type, @Nullable Object datum);

  /// A datum as the key of an object.
  String toKey(SqlType type, Object datum);
}
