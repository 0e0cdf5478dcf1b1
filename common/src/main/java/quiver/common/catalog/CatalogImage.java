package quiver.common.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiPredicate;
import quiver.common.type.SqlType;

/// Everything DDL has made, at one version. Immutable; readers hold it for a statement.
public final class CatalogImage {
  /// Ids of user objects start here; smaller ones are PostgreSQL's own.
  public static final long FIRST_USER_ID = 20_000;

  private final long version;
  private final Map<Long, CatalogObject> objects;
  private final Map<String, SchemaDefinition> schemas = new TreeMap<>();
  private final Map<Long, TableDefinition> tables = new TreeMap<>();
  private final Map<Long, SequenceDefinition> sequences = new TreeMap<>();
  private final Map<Long, ViewDefinition> views = new TreeMap<>();
  private final Map<Long, ViewDefinition> materialized = new HashMap<>();
  private final Map<Long, TypeDefinition> types = new TreeMap<>();
  private final Map<Long, List<CommentDefinition>> comments = new HashMap<>();
  private final Map<String, CatalogObject> relationsByName = new HashMap<>();
  private final Map<String, TypeDefinition> typesByName = new HashMap<>();
  private final SecurityCatalog security = new SecurityCatalog();

  /// A schema (namespace).
  ///
  /// @param process of a schema of temporary objects: the front end whose session it belongs to
  public record SchemaDefinition(long id, String name, Optional<UUID> process)
      implements CatalogObject {
    /// What names of schemas of temporary objects begin with; a number follows.
    private static final String TEMPORARY = "pg_temp_";

    /// A schema that stays.
    public SchemaDefinition(long id, String name) {
      this(id, name, Optional.empty());
    }

    /// The name of the schema of temporary objects with this number.
    public static String temporaryName(long number) {
      return TEMPORARY + number;
    }

    /// Whether what is in a schema goes with its session.
    public static boolean isTemporary(String schema) {
      return schema.startsWith(TEMPORARY);
    }
  }

  public CatalogImage(
      long version,
      Collection<SchemaDefinition> schemas,
      Collection<TableDefinition> tables,
      Collection<SequenceDefinition> sequences) {
    this(version, all(schemas, tables, sequences));
  }

  private static List<CatalogObject> all(
      Collection<SchemaDefinition> schemas,
      Collection<TableDefinition> tables,
      Collection<SequenceDefinition> sequences) {
    List<CatalogObject> all = new ArrayList<>(schemas);
    all.addAll(tables);
    all.addAll(sequences);
    return all;
  }

  public CatalogImage(long version, Collection<? extends CatalogObject> objects) {
    this.version = version;
    this.objects = new TreeMap<>();
    TypeLinks links = new TypeLinks(objects);
    for (CatalogObject unlinked : objects) {
      CatalogObject object = links.linked(unlinked);
      this.objects.put(object.id(), object);
      switch (object) {
        case SchemaDefinition schema -> schemas.put(schema.name(), schema);
        case TableDefinition table -> {
          tables.put(table.id(), table);
          relationsByName.put(key(table.schema(), table.name()), table);
        }
        case SequenceDefinition sequence -> {
          sequences.put(sequence.id(), sequence);
          relationsByName.put(key(sequence.schema(), sequence.name()), sequence);
        }
        case ViewDefinition view -> {
          views.put(view.id(), view);
          view.storageTableId().ifPresent(tableId -> materialized.put(tableId, view));
          if (!view.isMaterialized()) {
            relationsByName.put(key(view.schema(), view.name()), view);
          }
        }
        case TypeDefinition type -> {
          types.put(type.id(), type);
          typesByName.put(key(type.schema(), type.name()), type);
        }
        case CommentDefinition comment ->
            comments.computeIfAbsent(comment.objectId(), id -> new ArrayList<>()).add(comment);
        default -> security.add(object);
      }
    }
  }

  /// This image with changes.
  ///
  /// @param newVersion must be of nobody else
  public CatalogImage with(CatalogDelta delta, long newVersion) {
    Map<Long, CatalogObject> changed = new TreeMap<>(objects);
    delta
        .edits()
        .forEach((id, edit) ->
            edit.after()
                .ifPresentOrElse(after -> changed.put(id, after), () -> changed.remove(id)));
    return new CatalogImage(newVersion, changed.values());
  }

  private static String key(String schema, String name) {
    return schema.length() + ":" + schema + name;
  }

  /// Grows with every change; equal versions mean equal contents.
  public long version() {
    return version;
  }

  /// Every object, by id.
  public Collection<CatalogObject> objects() {
    return Collections.unmodifiableCollection(objects.values());
  }

  public Optional<CatalogObject> object(long id) {
    return Optional.ofNullable(objects.get(id));
  }

  /// By name, sorted.
  public Collection<SchemaDefinition> schemas() {
    return schemas.values();
  }

  public Optional<SchemaDefinition> schema(String name) {
    return Optional.ofNullable(schemas.get(name));
  }

  /// By id, ascending.
  public Collection<TableDefinition> tables() {
    return tables.values();
  }

  public Optional<TableDefinition> table(long id) {
    return Optional.ofNullable(tables.get(id));
  }

  public Optional<TableDefinition> table(String schema, String name) {
    return relationsByName.get(key(schema, name)) instanceof TableDefinition table
        ? Optional.of(table)
        : Optional.empty();
  }

  /// What is known of a table's rows.
  public TableStatistics statistics(long tableId) {
    return objects.get(TableStatistics.idFor(tableId)) instanceof TableStatistics known
        ? known
        : TableStatistics.none(tableId);
  }

  /// A foreign key and the table that has it.
  public record Reference(TableDefinition table, ForeignKey foreignKey) {}

  /// The foreign keys that refer to a table.
  public List<Reference> references(long tableId) {
    List<Reference> references = new ArrayList<>();
    for (TableDefinition table : tables.values()) {
      for (ForeignKey key : table.foreignKeys()) {
        if (key.referencedTableId() == tableId) {
          references.add(new Reference(table, key));
        }
      }
    }
    return references;
  }

  /// An index and its table.
  public record TableIndex(TableDefinition table, IndexDefinition index) {}

  /// The index of this name.
  public Optional<TableIndex> index(String schema, String name) {
    return findIndex((table, index) -> index.name().equals(name) && table.schema().equals(schema));
  }

  /// The index with this id.
  public Optional<TableIndex> index(long id) {
    return findIndex((table, index) -> index.id() == id);
  }

  private Optional<TableIndex> findIndex(BiPredicate<TableDefinition, IndexDefinition> isWanted) {
    for (TableDefinition table : tables.values()) {
      for (IndexDefinition index : table.indexes()) {
        if (isWanted.test(table, index)) {
          return Optional.of(new TableIndex(table, index));
        }
      }
    }
    return Optional.empty();
  }

  /// By id, ascending.
  public Collection<SequenceDefinition> sequences() {
    return sequences.values();
  }

  public Optional<SequenceDefinition> sequence(long id) {
    return Optional.ofNullable(sequences.get(id));
  }

  public Optional<SequenceDefinition> sequence(String schema, String name) {
    return relationsByName.get(key(schema, name)) instanceof SequenceDefinition sequence
        ? Optional.of(sequence)
        : Optional.empty();
  }

  /// By id, ascending.
  public Collection<ViewDefinition> views() {
    return views.values();
  }

  public Optional<ViewDefinition> view(long id) {
    return Optional.ofNullable(views.get(id));
  }

  /// What fills a table, if that is a materialized view.
  public Optional<ViewDefinition> materializedView(long tableId) {
    return Optional.ofNullable(materialized.get(tableId));
  }

  public Optional<ViewDefinition> view(String schema, String name) {
    return relationsByName.get(key(schema, name)) instanceof ViewDefinition view
        ? Optional.of(view)
        : Optional.empty();
  }

  /// The types of users by id, ascending.
  public Collection<TypeDefinition> types() {
    return types.values();
  }

  public Optional<TypeDefinition> type(long id) {
    return Optional.ofNullable(types.get(id));
  }

  public Optional<TypeDefinition> type(String schema, String name) {
    return Optional.ofNullable(typesByName.get(key(schema, name)));
  }

  /// The type with this OID: a built-in one, an enum, a domain, or the array type of one of them.
  public Optional<SqlType> sqlType(long oid) {
    Optional<SqlType> builtIn = SqlType.byOid((int) oid);
    if (builtIn.isPresent()) {
      return builtIn;
    }
    TypeDefinition type = types.get(oid);
    if (type != null) {
      return Optional.of(type.sqlType());
    }
    return types.values().stream()
        .filter(each -> !each.isDomain() && each.arrayId() == oid)
        .findFirst()
        .map(each -> each.sqlType().arrayOf())
        .or(() -> rowType(RowTypes.originOf(oid)))
        .or(() -> rowType(RowTypes.originOfArray(oid)).map(SqlType::arrayOf));
  }

  private Optional<SqlType> rowType(Optional<Long> relationId) {
    return relationId.flatMap(this::object).flatMap(RowTypes::of).map(SqlType::of);
  }

  /// Roles, owners and grants.
  public SecurityCatalog security() {
    return security;
  }

  /// Comments on an object and its columns.
  public List<CommentDefinition> comments(long objectId) {
    return Collections.unmodifiableList(comments.getOrDefault(objectId, List.of()));
  }

  /// The table, sequence or view of this name.
  public Optional<CatalogObject> relation(String schema, String name) {
    return Optional.ofNullable(relationsByName.get(key(schema, name)));
  }

  /// Whether the name of a table, view or sequence is enough to find it.
  public boolean isVisible(long relationId, List<String> searchPath) {
    String name =
        switch (objects.get(relationId)) {
          case TableDefinition table -> table.name();
          case ViewDefinition view -> view.name();
          case SequenceDefinition sequence -> sequence.name();
          case null, default -> "";
        };
    return searchPath.stream()
        .flatMap(schema -> relation(schema, name).stream())
        .findFirst()
        .filter(found -> found.id() == relationId)
        .isPresent();
  }

  /// Whether a relation or an index has this name.
  public boolean isTaken(String schema, String name) {
    return relation(schema, name).isPresent() || index(schema, name).isPresent();
  }
}
