package quiver.frontend.activity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One row of `pg_settings`, in PostgreSQL's words.
///
/// @param unit null for settings without one, for example `kB`
/// @param context `user`, `internal`, …
/// @param type `bool`, `integer`, `real`, `string` or `enum`
/// @param min null unless a number
/// @param max null unless a number
/// @param choices null unless an enum
public record SettingRow(
    String name,
    String value,
    @Nullable String unit,
    String category,
    String description,
    String context,
    String type,
    String source,
    @Nullable String min,
    @Nullable String max,
    @Nullable List<String> choices,
    String bootValue,
    String resetValue) {}
