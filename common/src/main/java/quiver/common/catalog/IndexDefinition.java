package quiver.common.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import quiver.common.vector.DistanceMetric;

/// An index of a table.
///
/// @param id also `pg_class.oid`
/// @param fileId under which its files are known; another one after REINDEX
/// @param keys in order, at least one
/// @param includedColumnIds columns of INCLUDE (…)
/// @param options as given in WITH (…), for example `m` → `16`
/// @param nullsNotDistinct whether a unique index takes NULLs for equal
/// @param predicate of a partial index
/// @param constraintId of the UNIQUE constraint it belongs to, which has its name
/// @param deferral when the constraint it belongs to is checked
public record IndexDefinition(
    long id,
    long fileId,
    String name,
    IndexMethod method,
    List<IndexKey> keys,
    List<Integer> includedColumnIds,
    Map<String, String> options,
    boolean unique,
    boolean nullsNotDistinct,
    boolean primary,
    Optional<IndexExpression> predicate,
    State state,
    Optional<Long> constraintId,
    Deferral deferral) {
  public IndexDefinition {
    keys = List.copyOf(keys);
    includedColumnIds = List.copyOf(includedColumnIds);
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /// One whose keys are unique, if they have to be, after every statement.
  public IndexDefinition(
      long id,
      long fileId,
      String name,
      IndexMethod method,
      List<IndexKey> keys,
      List<Integer> includedColumnIds,
      Map<String, String> options,
      boolean unique,
      boolean nullsNotDistinct,
      boolean primary,
      Optional<IndexExpression> predicate,
      State state,
      Optional<Long> constraintId) {
    this(
        id,
        fileId,
        name,
        method,
        keys,
        includedColumnIds,
        options,
        unique,
        nullsNotDistinct,
        primary,
        predicate,
        state,
        constraintId,
        Deferral.NOT_DEFERRABLE);
  }

  /// Whether queries may use the index.
  public enum State {
    BUILDING,
    VALID
  }

  /// An index over whole columns with nothing special about it.
  public static IndexDefinition ofColumns(
      long id,
      String name,
      IndexMethod method,
      List<IndexKey> keys,
      Map<String, String> options,
      boolean unique,
      boolean primary,
      State state) {
    return new IndexDefinition(
        id,
        id,
        name,
        method,
        keys,
        List.of(),
        options,
        unique,
        false,
        primary,
        Optional.empty(),
        state,
        Optional.empty());
  }

  /// The same index as that of a UNIQUE constraint.
  public IndexDefinition ofConstraint(long newConstraintId) {
    Copy copy = new Copy(this);
    copy.constraintId = Optional.of(newConstraintId);
    return copy.made();
  }

  /// The same index as that of the primary key.
  public IndexDefinition ofPrimaryKey() {
    Copy copy = new Copy(this);
    copy.primary = true;
    return copy.made();
  }

  /// The same index of a constraint that is checked at another time.
  public IndexDefinition withDeferral(Deferral newDeferral) {
    Copy copy = new Copy(this);
    copy.deferral = newDeferral;
    return copy.made();
  }

  /// Whether no two rows have the same key at any time that a statement sees.
  public boolean isUniqueAtOnce() {
    return unique && !deferral.isDeferrable();
  }

  /// Whether this is a vector index.
  public boolean isVector() {
    return method.isVector();
  }

  /// Whether sealed segments get files of their own for it. A `flat` index is the decision to
  /// compare every row.
  public boolean hasFiles() {
    return isVector() && method != IndexMethod.FLAT;
  }

  /// The distance of a vector index.
  public Optional<DistanceMetric> metric() {
    return isVector()
        ? DistanceMetric.ofOperatorClass(keys.getFirst().operatorClass())
        : Optional.empty();
  }

  /// The columns of the keys, in order, if every key is a column; else empty.
  public List<Integer> keyColumnIds() {
    return keys.stream().allMatch(key -> key.columnId().isPresent())
        ? keys.stream().map(key -> key.columnId().orElseThrow()).toList()
        : List.of();
  }

  /// Every column the index depends on: keys, expressions, included columns, the predicate.
  public Set<Integer> usedColumnIds() {
    Set<Integer> used = new LinkedHashSet<>();
    for (IndexKey key : keys) {
      key.columnId().ifPresent(used::add);
      key.expression().ifPresent(expression -> used.addAll(expression.columnIds()));
    }
    used.addAll(includedColumnIds);
    predicate.ifPresent(condition -> used.addAll(condition.columnIds()));
    return used;
  }

  /// The same index in another state.
  public IndexDefinition withState(State newState) {
    Copy copy = new Copy(this);
    copy.state = newState;
    return copy.made();
  }

  /// The same index under another name.
  public IndexDefinition withName(String newName) {
    Copy copy = new Copy(this);
    copy.name = newName;
    return copy.made();
  }

  /// The same index with other keys.
  public IndexDefinition withKeys(List<IndexKey> newKeys) {
    Copy copy = new Copy(this);
    copy.keys = newKeys;
    return copy.made();
  }

  /// The same index with columns of INCLUDE.
  public IndexDefinition withIncluded(List<Integer> columnIds) {
    Copy copy = new Copy(this);
    copy.includedColumnIds = columnIds;
    return copy.made();
  }

  /// The same index with other options.
  public IndexDefinition withOptions(Map<String, String> newOptions) {
    Copy copy = new Copy(this);
    copy.options = newOptions;
    return copy.made();
  }

  /// Another index that is built alike, without a claim to anything of this one.
  public IndexDefinition twin(long newId, String newName) {
    Copy copy = new Copy(this);
    copy.id = newId;
    copy.fileId = newId;
    copy.name = newName;
    copy.primary = false;
    copy.state = State.BUILDING;
    copy.constraintId = Optional.empty();
    copy.deferral = Deferral.NOT_DEFERRABLE;
    return copy.made();
  }

  /// The same index with other files, built anew.
  public IndexDefinition withFileId(long newFileId) {
    Copy copy = new Copy(this);
    copy.fileId = newFileId;
    return copy.made();
  }

  /// A copy on its way to be another definition.
  private static final class Copy {
    long id;
    long fileId;
    String name;
    IndexMethod method;
    List<IndexKey> keys;
    List<Integer> includedColumnIds;
    Map<String, String> options;
    boolean unique;
    boolean nullsNotDistinct;
    boolean primary;
    Optional<IndexExpression> predicate;
    State state;
    Optional<Long> constraintId;
    Deferral deferral;

    Copy(IndexDefinition index) {
      id = index.id;
      fileId = index.fileId;
      name = index.name;
      method = index.method;
      keys = index.keys;
      includedColumnIds = index.includedColumnIds;
      options = index.options;
      unique = index.unique;
      nullsNotDistinct = index.nullsNotDistinct;
      primary = index.primary;
      predicate = index.predicate;
      state = index.state;
      constraintId = index.constraintId;
      deferral = index.deferral;
    }

    IndexDefinition made() {
      return new IndexDefinition(
          id,
          fileId,
          name,
          method,
          keys,
          includedColumnIds,
          options,
          unique,
          nullsNotDistinct,
          primary,
          predicate,
          state,
          constraintId,
          deferral);
    }
  }
}
