package quiver.common.plan;

import java.util.List;
import quiver.common.catalog.IndexMethod;
import quiver.common.expression.Expression;
import quiver.common.type.SqlType;

/// Conditions of a filter that an index can answer. The filter stands all the same: an index gives
/// rows that may pass, and segments that do not have it, or where it would give too many, are
/// scanned.
///
/// @param keyTypes of every key of the index
/// @param operatorClasses of every key
/// @param conditions at least one
public record IndexAccess(
    long indexId,
    String indexName,
    IndexMethod method,
    List<SqlType> keyTypes,
    List<String> operatorClasses,
    List<Condition> conditions) {
  public IndexAccess {
    keyTypes = List.copyOf(keyTypes);
    operatorClasses = List.copyOf(operatorClasses);
    conditions = List.copyOf(conditions);
  }

  /// What is asked of a key.
  public enum Operation {
    EQUAL,
    /// One of the elements of an array.
    EQUAL_ANY,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    NULL,
    NOT_NULL,
    /// Begins like a LIKE pattern.
    LIKE,
    STARTS_WITH,
    /// An array or a document contains another.
    CONTAINS,
    /// Arrays have a common element.
    OVERLAPS,
    /// An array has an element.
    HAS_ELEMENT,
    /// A document has a key, or any or all of several.
    HAS_KEY,
    HAS_ANY_KEY,
    HAS_ALL_KEYS
  }

  /// One condition.
  ///
  /// @param key position among the keys of the index
  /// @param value without input columns
  /// @param conjunct the condition as it stands in the filter
  public record Condition(int key, Operation operation, Expression value, Expression conjunct) {}

  /// Rows in the order of an index, the first ones only.
  ///
  /// @param backward whether from the end of the index
  /// @param limit int8, without input columns: rows wanted at most
  public record Order(long indexId, String indexName, boolean backward, Expression limit) {}
}
