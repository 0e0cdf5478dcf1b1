package quiver.common.catalog;

import java.util.Optional;

/// An index method (access method): what `USING` names.
public enum IndexMethod {
  HNSW("hnsw", 16_800, 17_965, true, 0),
  IVFFLAT("ivfflat", 16_801, 17_966, true, 0),
  /// Lists of RaBitQ codes.
  IVFRABITQ("ivfrabitq", 16_802, 17_968, true, 0),
  /// A graph whose full vectors stay on disk.
  DISKANN("diskann", 16_803, 17_969, true, 0),
  /// Every row is compared.
  FLAT("flat", 16_804, 17_970, true, 0),
  /// Flat, lists or a graph, as each segment's size asks for.
  AUTO("auto", 16_805, 17_971, true, 0),
  BTREE(
      "btree", 403, 330, false, Ability.ORDER | Ability.UNIQUE | Ability.SEVERAL | Ability.INCLUDE),
  HASH("hash", 405, 331, false, 0),
  GIST("gist", 783, 332, false, Ability.SEVERAL | Ability.INCLUDE),
  GIN("gin", 2_742, 333, false, Ability.SEVERAL),
  SPGIST("spgist", 4_000, 334, false, Ability.INCLUDE),
  BRIN("brin", 3_580, 335, false, Ability.SEVERAL);

  /// What a method can do, as PostgreSQL's `pg_indexam_has_property` has it.
  private static final class Ability {
    static final int ORDER = 1;
    static final int UNIQUE = 2;
    static final int SEVERAL = 4;
    static final int INCLUDE = 8;

    private Ability() {}
  }

  private final String sqlName;
  private final int oid;
  private final int handlerOid;
  private final boolean vector;
  private final int abilities;

  IndexMethod(String sqlName, int oid, int handlerOid, boolean vector, int abilities) {
    this.sqlName = sqlName;
    this.oid = oid;
    this.handlerOid = handlerOid;
    this.vector = vector;
    this.abilities = abilities;
  }

  /// The method of this name.
  public static Optional<IndexMethod> of(String name) {
    for (IndexMethod method : values()) {
      if (method.sqlName.equals(name)) {
        return Optional.of(method);
      }
    }
    return Optional.empty();
  }

  /// `pg_am.amname`.
  public String sqlName() {
    return sqlName;
  }

  /// `pg_am.oid`.
  public int oid() {
    return oid;
  }

  /// `pg_am.amhandler`.
  public int handlerOid() {
    return handlerOid;
  }

  /// Whether it orders rows by a distance.
  public boolean isVector() {
    return vector;
  }

  /// Whether keys may have ASC, DESC, NULLS FIRST and NULLS LAST.
  public boolean canOrder() {
    return (abilities & Ability.ORDER) != 0;
  }

  public boolean canUnique() {
    return (abilities & Ability.UNIQUE) != 0;
  }

  /// Whether an index may have several keys.
  public boolean canSeveralKeys() {
    return (abilities & Ability.SEVERAL) != 0;
  }

  public boolean canInclude() {
    return (abilities & Ability.INCLUDE) != 0;
  }
}
