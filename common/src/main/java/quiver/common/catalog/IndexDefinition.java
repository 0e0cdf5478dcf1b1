package quiver.common.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.vector.DistanceMetric;

/// An index of a table.
///
/// @param id also `pg_class.oid`
/// @param method `hnsw`, `ivfflat`, `btree`, `hash`, `gin`, `brin`, …
/// @param columnIds indexed columns in order
/// @param operatorClasses one per column, for example `vector_cosine_ops`
/// @param metric of a vector index
/// @param options as given in WITH (…), for example `m` → `16`
public record IndexDefinition(
    long id,
    String name,
    String method,
    List<Integer> columnIds,
    List<String> operatorClasses,
    Optional<DistanceMetric> metric,
    Map<String, String> options,
    boolean unique,
    boolean primary,
    State state) {
  public IndexDefinition {
    columnIds = List.copyOf(columnIds);
    operatorClasses = List.copyOf(operatorClasses);
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /// Whether queries may use the index.
  public enum State {
    BUILDING,
    VALID
  }

  /// Whether this is a vector index.
  public boolean isVector() {
    return metric.isPresent();
  }
}
