package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.OperatorClass;
import quiver.common.catalog.OperatorClasses;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;

/// An index over values of another type: operator classes that went without saying are those of
/// that type.
final class RetypedIndex {
  private RetypedIndex() {}

  /// @param old a column, which may be one of the index, as it was
  /// @throws QuiverException `0A000` if an expression of the index reads the column
  static IndexDefinition of(IndexDefinition index, ColumnDefinition old, SqlType type) {
    if (!index.usedColumnIds().contains(old.id())) {
      return index;
    }
    boolean isComputed =
        index.predicate().filter(one -> one.columnIds().contains(old.id())).isPresent()
            || index.keys().stream()
                .flatMap(key -> key.expression().stream())
                .anyMatch(one -> one.columnIds().contains(old.id()));
    if (isComputed) {
      throw DefinitionBinder.unsupported(
          "changing the type of a column that an expression of an index reads is");
    }
    List<IndexKey> keys = new ArrayList<>();
    for (IndexKey key : index.keys()) {
      boolean isMeant = key.columnId().equals(Optional.of(old.id()));
      keys.add(isMeant ? key.withOperatorClass(operatorClass(index, key, old, type)) : key);
    }
    return index.withKeys(keys);
  }

  private static String operatorClass(
      IndexDefinition index, IndexKey key, ColumnDefinition old, SqlType type) {
    boolean wasDefault =
        OperatorClasses.defaultFor(index.method(), old.type())
            .filter(one -> one.name().equals(key.operatorClass()))
            .isPresent();
    if (wasDefault) {
      return OperatorClasses.defaultFor(index.method(), type)
          .map(OperatorClass::name)
          .orElseThrow(() ->
              new QuiverException(
                      SqlState.UNDEFINED_OBJECT,
                      "data type %s has no default operator class for access method \"%s\"",
                      type.sqlName(),
                      index.method().sqlName())
                  .withHint(
                      "You must specify an operator class for the index or define a default"
                          + " operator class for the data type."));
    }
    if (OperatorClasses.find(index.method(), key.operatorClass())
        .filter(one -> OperatorClasses.accepts(one, type))
        .isEmpty()) {
      throw new QuiverException(
          SqlState.DATATYPE_MISMATCH,
          "operator class \"%s\" does not accept data type %s",
          key.operatorClass(),
          type.sqlName());
    }
    return key.operatorClass();
  }
}
