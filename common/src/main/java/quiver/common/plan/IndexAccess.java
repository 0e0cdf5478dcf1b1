package quiver.common.plan;

import java.util.List;
import java.util.stream.Stream;
import quiver.common.catalog.IndexMethod;
import quiver.common.expression.Expression;
import quiver.common.type.SqlType;

/// Conditions of a filter that an index can answer. The filter stands all the same: an index gives
/// rows that may pass, and segments that do not have it, or where it would give too many, are
/// scanned.
///
/// @param keyTypes of every key of the index
/// @param operatorClasses of every key
/// @param rowBounds of a sorted index: bounds that several keys make together
public record IndexAccess(
    long indexId,
    String indexName,
    IndexMethod method,
    List<SqlType> keyTypes,
    List<String> operatorClasses,
    List<Condition> conditions,
    List<RowBound> rowBounds) {
  public IndexAccess {
    rowBounds = List.copyOf(rowBounds);
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

  /// A condition such as `(a, b) > (1, 2)` over neighbouring keys of a sorted index.
  ///
  /// @param key the first of them
  /// @param start whether rows begin there in the order of the index, else they end there
  /// @param values one per key, without input columns; after a NULL they do not count
  /// @param inclusive whether rows with just these keys may be meant
  /// @param conjunct the condition as it stands in the filter
  public record RowBound(
      int key, boolean start, List<Expression> values, boolean inclusive, Expression conjunct) {
    public RowBound {
      values = List.copyOf(values);
    }
  }

  /// The conditions as they stand in the filter.
  public List<Expression> conjuncts() {
    return Stream.concat(
            conditions.stream().map(Condition::conjunct),
            rowBounds.stream().map(RowBound::conjunct))
        .distinct()
        .toList();
  }

  /// Rows in the order of a sorted index, the first ones only.
  ///
  /// @param access the index; without conditions all of it is meant
  /// @param backward whether from the end of the index
  /// @param limit int8, without input columns: rows wanted at most
  public record Order(IndexAccess access, boolean backward, Expression limit) {}
}
