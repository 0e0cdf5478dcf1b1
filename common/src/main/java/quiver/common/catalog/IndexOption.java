package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// An option of WITH (…) of an index.
///
/// @param methods that have it
public record IndexOption(String name, Set<IndexMethod> methods, Kind kind) {
  /// What values it takes.
  public sealed interface Kind {
    /// An integer in a range.
    record Range(int min, int max) implements Kind {}

    /// On or off.
    record Flag() implements Kind {}

    /// One of a few words.
    record Words(List<String> values) implements Kind {
      public Words {
        values = List.copyOf(values);
      }
    }
  }

  private static final List<IndexOption> ALL =
      List.of(
          // PostgreSQL's, of pages and their upkeep: kept, and without effect.
          new IndexOption(
              "fillfactor", Set.of(IndexMethod.BTREE, IndexMethod.HASH), new Kind.Range(10, 100)),
          new IndexOption("deduplicate_items", Set.of(IndexMethod.BTREE), new Kind.Flag()),
          new IndexOption("fastupdate", Set.of(IndexMethod.GIN), new Kind.Flag()),
          new IndexOption(
              "gin_pending_list_limit",
              Set.of(IndexMethod.GIN),
              new Kind.Range(64, Integer.MAX_VALUE)),
          new IndexOption("pages_per_range", Set.of(IndexMethod.BRIN), new Kind.Range(1, 131_072)),
          new IndexOption("autosummarize", Set.of(IndexMethod.BRIN), new Kind.Flag()),
          new IndexOption("m", Set.of(IndexMethod.HNSW), new Kind.Range(2, 100)),
          new IndexOption("ef_construction", Set.of(IndexMethod.HNSW), new Kind.Range(4, 1_000)),
          new IndexOption(
              "lists",
              Set.of(IndexMethod.IVFFLAT, IndexMethod.IVFRABITQ),
              new Kind.Range(1, 32_768)),
          new IndexOption(
              "quantization",
              Set.of(IndexMethod.HNSW),
              new Kind.Words(List.of("auto", "none", "int8", "rabitq"))),
          new IndexOption(
              "degree",
              Set.of(IndexMethod.HNSW, IndexMethod.DISKANN, IndexMethod.AUTO),
              new Kind.Range(32, 128)),
          new IndexOption(
              "build_beam",
              Set.of(IndexMethod.HNSW, IndexMethod.DISKANN, IndexMethod.AUTO),
              new Kind.Range(0, 1_000)));

  public IndexOption {
    methods = Set.copyOf(methods);
  }

  /// The option of a method by name.
  public static Optional<IndexOption> of(IndexMethod method, String name) {
    return ALL.stream()
        .filter(option -> option.methods.contains(method) && option.name.equals(name))
        .findFirst();
  }
}
