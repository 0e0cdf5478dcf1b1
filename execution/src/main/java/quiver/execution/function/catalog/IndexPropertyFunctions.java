package quiver.execution.function.catalog;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.FunctionTable;

/// What index methods, indexes and their columns can do: `pg_indexam_has_property` and its kin.
/// Properties nobody knows are NULL.
///
/// Source: [index properties](https://www.postgresql.org/docs/15/functions-info.html).
final class IndexPropertyFunctions {
  private IndexPropertyFunctions() {}

  static void addTo(FunctionTable table) {
    table
        .all(
            "pg_indexam_has_property",
            (_, arguments) ->
                method((Long) arguments[0])
                    .map(method -> ofMethod(method, name(arguments[1])))
                    .orElse(null))
        .all(
            "pg_index_has_property",
            (context, arguments) ->
                index(context, (Long) arguments[0])
                    .map(index -> ofIndex(index.method(), name(arguments[1])))
                    .orElse(null))
        .all(
            "pg_index_column_has_property",
            (context, arguments) ->
                index(context, (Long) arguments[0])
                    .map(index ->
                        ofColumn(index, ((Long) arguments[1]).intValue(), name(arguments[2])))
                    .orElse(null));
  }

  private static String name(@Nullable Object property) {
    return String.valueOf(property).toLowerCase(Locale.ROOT);
  }

  private static Optional<IndexMethod> method(long oid) {
    return Arrays.stream(IndexMethod.values()).filter(method -> method.oid() == oid).findFirst();
  }

  private static Optional<IndexDefinition> index(FunctionContext context, long oid) {
    return context.session().catalog().tables().stream()
        .flatMap(table -> table.indexes().stream())
        .filter(index -> index.id() == oid)
        .findFirst();
  }

  /// Whether rows come one by one, rather than as a set.
  private static boolean givesRows(IndexMethod method) {
    return method != IndexMethod.GIN && method != IndexMethod.BRIN;
  }

  private static @Nullable Boolean ofMethod(IndexMethod method, String property) {
    return switch (property) {
      case "can_order" -> method.canOrder();
      case "can_unique" -> method.canUnique();
      case "can_multi_col" -> method.canSeveralKeys();
      case "can_exclude" -> givesRows(method);
      case "can_include" -> method.canInclude();
      default -> null;
    };
  }

  private static @Nullable Boolean ofIndex(IndexMethod method, String property) {
    return switch (property) {
      case "clusterable" -> method == IndexMethod.BTREE;
      case "index_scan" -> givesRows(method);
      case "bitmap_scan" -> !method.isVector();
      case "backward_scan" -> method == IndexMethod.BTREE || method == IndexMethod.HASH;
      default -> null;
    };
  }

  /// @param number from 1; included columns come after the keys
  private static @Nullable Boolean ofColumn(IndexDefinition index, int number, String property) {
    int count = index.keys().size() + index.includedColumnIds().size();
    if (number < 1 || number > count) {
      return null;
    }
    IndexMethod method = index.method();
    boolean isKey = number <= index.keys().size();
    return switch (property) {
      case "orderable" -> isKey && method.canOrder();
      case "returnable" -> method == IndexMethod.BTREE;
      case "distance_orderable" -> (isKey && method.isVector()) ? null : Boolean.FALSE;
      default -> isKey ? ofKey(index.keys().get(number - 1), method, property) : null;
    };
  }

  private static @Nullable Boolean ofKey(IndexKey key, IndexMethod method, String property) {
    boolean ordered = method.canOrder();
    return switch (property) {
      case "asc" -> ordered && !key.descending();
      case "desc" -> ordered && key.descending();
      case "nulls_first" -> ordered && key.nullsFirst();
      case "nulls_last" -> ordered && !key.nullsFirst();
      case "search_array" -> method == IndexMethod.BTREE;
      case "search_nulls" -> method == IndexMethod.BTREE || method == IndexMethod.BRIN;
      default -> null;
    };
  }
}
