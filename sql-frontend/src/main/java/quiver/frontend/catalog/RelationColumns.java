package quiver.frontend.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import quiver.common.catalog.SystemCatalog;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.execution.function.SessionContext.SystemRelationName;

/// The columns of every virtual relation: PostgreSQL 15's, from `relations.tsv`, and our own.
/// Immutable.
public final class RelationColumns implements SystemCatalog {
  private static final class Standard {
    static final RelationColumns COLUMNS = load();
  }

  /// Columns every stored relation of PostgreSQL has and `*` leaves out.
  private static final List<SystemColumn> HIDDEN =
      List.of(
          new SystemColumn("tableoid", SqlType.OID, true),
          new SystemColumn("xmin", SqlType.of(BaseType.XID), true),
          new SystemColumn("cmin", SqlType.of(BaseType.CID), true),
          new SystemColumn("xmax", SqlType.of(BaseType.XID), true),
          new SystemColumn("cmax", SqlType.of(BaseType.CID), true),
          new SystemColumn("ctid", SqlType.of(BaseType.TID), true));

  private final Map<String, SystemRelation> relations;

  /// A virtual relation.
  ///
  /// @param kind `r` for PostgreSQL's tables, `v` for its views
  /// @param notNull names of the columns declared NOT NULL
  record SystemRelation(
      String schema,
      String name,
      char kind,
      int oid,
      List<SystemColumn> columns,
      Set<String> notNull) {
    int ordinalOf(String column) {
      for (int i = 0; i < columns.size(); i++) {
        if (columns.get(i).name().equals(column)) {
          return i;
        }
      }
      throw new IllegalArgumentException(name + " has no column " + column);
    }

    long visibleCount() {
      return columns.stream().filter(column -> !column.hidden()).count();
    }
  }

  private RelationColumns(Map<String, SystemRelation> relations) {
    this.relations = relations;
  }

  /// The one set of columns, read when it is first asked for.
  public static RelationColumns standard() {
    return Standard.COLUMNS;
  }

  private static RelationColumns load() {
    Map<String, SystemRelation> relations = new LinkedHashMap<>();
    for (List<String> fields : ResourceTable.rows("relations.tsv")) {
      List<SystemColumn> columns = new ArrayList<>();
      Set<String> notNull = new java.util.HashSet<>();
      for (String text : fields.get(4).split(" ", -1)) {
        String name = text.substring(0, text.indexOf(':'));
        String type = text.substring(text.indexOf(':') + 1);
        if (type.endsWith("!")) {
          notNull.add(name);
          type = type.substring(0, type.length() - 1);
        }
        columns.add(new SystemColumn(name, type(type), false));
      }
      char kind = fields.get(2).charAt(0);
      if (kind == 'r') {
        columns.addAll(HIDDEN);
      }
      relations.put(
          fields.get(0) + "." + fields.get(1),
          new SystemRelation(
              fields.get(0),
              fields.get(1),
              kind,
              Integer.parseInt(fields.get(3)),
              List.copyOf(columns),
              Set.copyOf(notNull)));
    }
    return new RelationColumns(relations);
  }

  private static SqlType type(String name) {
    boolean array = name.startsWith("_");
    BaseType base = BaseType.byTypeName(array ? name.substring(1) : name).orElseThrow();
    return array ? SqlType.arrayOf(base) : SqlType.of(base);
  }

  @Override
  public Optional<List<SystemColumn>> relation(String schema, String name) {
    return Optional.ofNullable(relations.get(schema + "." + name)).map(SystemRelation::columns);
  }

  Optional<SystemRelation> find(String schema, String name) {
    return Optional.ofNullable(relations.get(schema + "." + name));
  }

  Collection<SystemRelation> all() {
    return relations.values();
  }

  /// Names by OID, for `regclass`.
  public Map<Integer, String> namesByOid() {
    Map<Integer, String> names = new HashMap<>();
    relations.values().forEach(relation -> names.put(relation.oid(), relation.name()));
    return names;
  }

  /// The OID of a virtual relation.
  public Optional<Long> oid(String schema, String name) {
    return find(schema, name).map(relation -> (long) relation.oid());
  }

  /// The virtual relation with an OID.
  public Optional<SystemRelationName> name(long oid) {
    return relations.values().stream()
        .filter(relation -> relation.oid() == oid)
        .findFirst()
        .map(relation -> new SystemRelationName(relation.schema(), relation.name()));
  }
}
