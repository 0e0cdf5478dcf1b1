package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.DdlCommand.NewForeignKey;
import quiver.common.catalog.DdlCommand.NewUnique;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.OperatorClass;
import quiver.common.catalog.OperatorClasses;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// UNIQUE and FOREIGN KEY constraints of a table, put together from what was written. Rows that are
/// there already are checked by the front end.
final class NewConstraints {
  private static final Set<BaseType> INTEGERS =
      EnumSet.of(BaseType.INT2, BaseType.INT4, BaseType.INT8);
  private static final Set<BaseType> FLOATS = EnumSet.of(BaseType.FLOAT4, BaseType.FLOAT8);

  /// Types whose values are compared with each other.
  private static final List<Set<BaseType>> FAMILIES =
      List.of(
          INTEGERS,
          FLOATS,
          EnumSet.of(BaseType.TEXT, BaseType.VARCHAR, BaseType.BPCHAR),
          EnumSet.of(BaseType.DATE, BaseType.TIMESTAMP, BaseType.TIMESTAMPTZ));

  private final LongSupplier ids;
  private final Predicate<String> isTaken;

  /// @param isTaken whether a relation of the table's schema has a name
  NewConstraints(LongSupplier ids, Predicate<String> isTaken) {
    this.ids = ids;
    this.isTaken = isTaken;
  }

  /// The table with a UNIQUE constraint and its index.
  TableDefinition withUnique(TableDefinition table, NewUnique unique) {
    List<IndexKey> keys = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String name : unique.columns()) {
      ColumnDefinition column = column(table, name);
      if (!seen.add(name)) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" appears twice in unique constraint", name);
      }
      keys.add(IndexKey.ofColumn(column.id(), btreeClass(column.type())));
    }
    List<Integer> included =
        unique.included().stream().map(name -> column(table, name).id()).toList();
    Predicate<String> used =
        name -> isTaken.test(name) || table.indexes().stream().anyMatch(i -> i.name().equals(name));
    if (unique.name().filter(used).isPresent()) {
      throw new QuiverException(
          SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", unique.name().get());
    }
    List<String> columns = new ArrayList<>(unique.columns());
    columns.addAll(unique.included());
    String name =
        unique
            .name()
            .orElseGet(() -> Names.choose(table.name(), String.join("_", columns), "key", used));
    long id = ids.getAsLong();
    List<IndexDefinition> indexes = new ArrayList<>(table.indexes());
    indexes.add(
        new IndexDefinition(
            id,
            id,
            name,
            IndexMethod.BTREE,
            keys,
            included,
            Map.of(),
            true,
            unique.nullsNotDistinct(),
            false,
            Optional.empty(),
            IndexDefinition.State.VALID,
            Optional.of(ids.getAsLong()),
            unique.deferral()));
    return table.withIndexes(indexes);
  }

  private static ColumnDefinition column(TableDefinition table, String name) {
    return table
        .ordinalOf(name)
        .map(table.columns()::get)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_COLUMN, "column \"%s\" named in key does not exist", name));
  }

  private static String btreeClass(SqlType type) {
    return OperatorClasses.defaultFor(IndexMethod.BTREE, type)
        .map(OperatorClass::name)
        .orElseThrow(() ->
            new QuiverException(
                    SqlState.UNDEFINED_OBJECT,
                    "data type %s has no default operator class for access method \"btree\"",
                    type.sqlName())
                .withHint(
                    "You must specify an operator class for the index or define a default operator"
                        + " class for the data type."));
  }

  /// The table with a FOREIGN KEY.
  ///
  /// @param parent the table referred to, which may be `table` as it is
  TableDefinition withForeignKey(
      TableDefinition table, NewForeignKey wanted, TableDefinition parent) {
    List<ColumnDefinition> columns = referring(table, wanted.columns());
    List<ColumnDefinition> referenced;
    if (wanted.referencedColumns().isEmpty()) {
      if (parent.primaryKey().isEmpty()) {
        throw new QuiverException(
            SqlState.UNDEFINED_OBJECT,
            "there is no primary key for referenced table \"%s\"",
            parent.name());
      }
      referenced = parent.keyOrdinals().stream().map(parent.columns()::get).toList();
    } else {
      referenced = referring(parent, wanted.referencedColumns());
    }
    if (columns.size() != referenced.size()) {
      throw new QuiverException(
          SqlState.INVALID_FOREIGN_KEY,
          "number of referencing and referenced columns for foreign key disagree");
    }
    List<Integer> referencedIds = referenced.stream().map(ColumnDefinition::id).toList();
    String kind = wanted.referencedColumns().isEmpty() ? "primary key" : "unique constraint";
    IndexDefinition index = uniqueIndex(parent, referencedIds, kind);
    String name = name(table, wanted);
    List<Integer> setIds = setColumns(table, wanted);
    for (int i = 0; i < columns.size(); i++) {
      requireComparable(name, columns.get(i), referenced.get(i));
    }
    List<ForeignKey> keys = new ArrayList<>(table.foreignKeys());
    keys.add(
        new ForeignKey(
            ids.getAsLong(),
            name,
            columns.stream().map(ColumnDefinition::id).toList(),
            parent.id(),
            referencedIds,
            index.id(),
            wanted.matchFull(),
            wanted.onDelete(),
            wanted.onUpdate(),
            setIds,
            wanted.deferral(),
            wanted.validated()));
    return table.withForeignKeys(keys);
  }

  private static List<ColumnDefinition> referring(TableDefinition table, List<String> names) {
    List<ColumnDefinition> columns = new ArrayList<>();
    for (String name : names) {
      columns.add(
          table
              .ordinalOf(name)
              .map(table.columns()::get)
              .orElseThrow(() ->
                  new QuiverException(
                      SqlState.UNDEFINED_COLUMN,
                      "column \"%s\" referenced in foreign key constraint does not exist",
                      name)));
    }
    return columns;
  }

  /// The columns that ON DELETE SET names.
  private static List<Integer> setColumns(TableDefinition table, NewForeignKey wanted) {
    List<ColumnDefinition> columns = referring(table, wanted.setColumns());
    for (ColumnDefinition column : columns) {
      if (!wanted.columns().contains(column.name())) {
        throw new QuiverException(
            SqlState.INVALID_COLUMN_REFERENCE,
            "column \"%s\" referenced in ON DELETE SET action must be part of foreign key",
            column.name());
      }
    }
    return columns.stream().map(ColumnDefinition::id).distinct().toList();
  }

  private static IndexDefinition uniqueIndex(
      TableDefinition parent, List<Integer> columnIds, String kind) {
    Set<Integer> wanted = new LinkedHashSet<>(columnIds);
    List<IndexDefinition> matching =
        parent.indexes().stream()
            .filter(index -> index.unique() && index.predicate().isEmpty())
            .filter(index ->
                index.keyColumnIds().size() == columnIds.size()
                    && new HashSet<>(index.keyColumnIds()).equals(wanted))
            .toList();
    return matching.stream()
        .filter(IndexDefinition::isUniqueAtOnce)
        .findFirst()
        .orElseThrow(() ->
            matching.isEmpty()
                ? new QuiverException(
                    SqlState.INVALID_FOREIGN_KEY,
                    "there is no unique constraint matching given keys for referenced table"
                        + " \"%s\"",
                    parent.name())
                : new QuiverException(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "cannot use a deferrable %s for referenced table \"%s\"",
                    kind,
                    parent.name()));
  }

  private static String name(TableDefinition table, NewForeignKey wanted) {
    Set<String> used = new HashSet<>();
    table.foreignKeys().forEach(key -> used.add(key.name()));
    table.checks().forEach(check -> used.add(check.name()));
    table.indexes().stream()
        .filter(table::isConstraintIndex)
        .forEach(index -> used.add(index.name()));
    if (wanted.name().filter(used::contains).isPresent()) {
      throw new QuiverException(
          SqlState.DUPLICATE_OBJECT,
          "constraint \"%s\" for relation \"%s\" already exists",
          wanted.name().get(),
          table.name());
    }
    return wanted
        .name()
        .orElseGet(() ->
            Names.choose(table.name(), String.join("_", wanted.columns()), "fkey", used::contains));
  }

  private static void requireComparable(
      String name, ColumnDefinition column, ColumnDefinition referenced) {
    if (!isComparable(column.type(), referenced.type())) {
      throw new QuiverException(
              SqlState.DATATYPE_MISMATCH,
              "foreign key constraint \"%s\" cannot be implemented",
              name)
          .withDetail(
              "Key columns \""
                  + column.name()
                  + "\" and \""
                  + referenced.name()
                  + "\" are of incompatible types: "
                  + column.type().sqlName()
                  + " and "
                  + referenced.type().sqlName()
                  + ".");
    }
  }

  /// Whether btree compares both types, or values that refer are converted to the other type
  /// unasked.
  private static boolean isComparable(SqlType own, SqlType referenced) {
    if (own.sameTypeAs(referenced)) {
      return true;
    }
    if (own.array() || referenced.array()) {
      return false;
    }
    return FAMILIES.stream()
            .anyMatch(family -> family.contains(own.base()) && family.contains(referenced.base()))
        || (referenced.base() == BaseType.NUMERIC && INTEGERS.contains(own.base()))
        || (FLOATS.contains(referenced.base())
            && (own.base() == BaseType.NUMERIC || INTEGERS.contains(own.base())));
  }
}
