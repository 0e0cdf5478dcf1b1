package quiver.common.type;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The scalar types, with PostgreSQL's OIDs (they are part of the wire protocol) and the Java class
/// that carries one value ("datum") outside a column:
///
/// | types | datum |
/// |---|---|
/// | bool | `Boolean` |
/// | int2, int4, int8, oid, xid, xid8, cid, pg_lsn, reg… | `Long` |
/// | money, macaddr | `Long`: cents, the 48 bits |
/// | date | `Long`, days since 2000-01-01; `Long.MIN_VALUE`/`MAX_VALUE` are -infinity/infinity |
/// | time | `Long`, microseconds of the day |
/// | timestamp, timestamptz | `Long`, microseconds since 2000-01-01 (UTC); `Long.MIN_VALUE`/`MAX_VALUE` are infinities |
/// | float4, float8 | `Double` (a float4 is a widened `float`) |
/// | numeric | [quiver.common.value.Numeric] |
/// | text, varchar, bpchar, name, "char", json, unknown, cstring, pg_node_tree, aclitem, jsonpath | `String` |
/// | tsvector, tsquery | [quiver.common.search.TextVector], [quiver.common.search.TextQuery] |
/// | inet, cidr | [quiver.common.value.NetworkAddress] |
/// | …range, …multirange | [quiver.common.value.RangeValue], [quiver.common.value.MultirangeValue] |
/// | hstore | [quiver.common.value.Hstore] |
/// | jsonb | [quiver.common.value.Jsonb] |
/// | bytea | [quiver.common.value.Bytes] |
/// | interval | [quiver.common.value.Interval] |
/// | timetz | [quiver.common.value.TimeWithZone] |
/// | uuid | `java.util.UUID` |
/// | enums | `Long`, [EnumLabel#order] |
/// | vector | `float[]`, not modified after it was made |
/// | halfvec, sparsevec, bit, varbit | [quiver.common.value.HalfVector], [quiver.common.value.SparseVector], [quiver.common.value.BitString] |
/// | record | [quiver.common.value.RecordValue] |
/// | int2vector, oidvector, any array | [quiver.common.value.ArrayValue] |
///
/// OIDs of the types of extensions are ours: stable, at and above 16384.
public enum BaseType {
  BOOL(16, 1000, "bool", "boolean", 'B', true, 1, Layout.LONG),
  BYTEA(17, 1001, "bytea", "bytea", 'U', false, -1, Layout.OBJECT),
  CHAR(18, 1002, "char", "\"char\"", 'Z', false, 1, Layout.OBJECT),
  NAME(19, 1003, "name", "name", 'S', false, 64, Layout.OBJECT),
  INT8(20, 1016, "int8", "bigint", 'N', false, 8, Layout.LONG),
  INT2(21, 1005, "int2", "smallint", 'N', false, 2, Layout.LONG),
  INT2VECTOR(22, 1006, "int2vector", "int2vector", 'A', false, -1, Layout.OBJECT),
  INT4(23, 1007, "int4", "integer", 'N', false, 4, Layout.LONG),
  REGPROC(24, 1008, "regproc", "regproc", 'N', false, 4, Layout.LONG),
  TEXT(25, 1009, "text", "text", 'S', true, -1, Layout.OBJECT),
  OID(26, 1028, "oid", "oid", 'N', true, 4, Layout.LONG),
  TID(27, 1010, "tid", "tid", 'U', false, 6, Layout.LONG),
  XID(28, 1011, "xid", "xid", 'U', false, 4, Layout.LONG),
  CID(29, 1012, "cid", "cid", 'U', false, 4, Layout.LONG),
  OIDVECTOR(30, 1013, "oidvector", "oidvector", 'A', false, -1, Layout.OBJECT),
  JSON(114, 199, "json", "json", 'U', false, -1, Layout.OBJECT),
  PG_NODE_TREE(194, 0, "pg_node_tree", "pg_node_tree", 'Z', false, -1, Layout.OBJECT),
  CIDR(650, 651, "cidr", "cidr", 'I', false, -1, Layout.OBJECT),
  FLOAT4(700, 1021, "float4", "real", 'N', false, 4, Layout.DOUBLE),
  FLOAT8(701, 1022, "float8", "double precision", 'N', true, 8, Layout.DOUBLE),
  UNKNOWN(705, 0, "unknown", "unknown", 'X', false, -2, Layout.OBJECT),
  MACADDR(829, 1040, "macaddr", "macaddr", 'U', false, 6, Layout.LONG),
  MONEY(790, 791, "money", "money", 'N', false, 8, Layout.LONG),
  INET(869, 1041, "inet", "inet", 'I', true, -1, Layout.OBJECT),
  ACLITEM(1033, 1034, "aclitem", "aclitem", 'U', false, 12, Layout.OBJECT),
  BPCHAR(1042, 1014, "bpchar", "character", 'S', false, -1, Layout.OBJECT),
  VARCHAR(1043, 1015, "varchar", "character varying", 'S', false, -1, Layout.OBJECT),
  DATE(1082, 1182, "date", "date", 'D', false, 4, Layout.LONG),
  TIME(1083, 1183, "time", "time without time zone", 'D', false, 8, Layout.LONG),
  TIMESTAMP(1114, 1115, "timestamp", "timestamp without time zone", 'D', false, 8, Layout.LONG),
  TIMESTAMPTZ(1184, 1185, "timestamptz", "timestamp with time zone", 'D', true, 8, Layout.LONG),
  INTERVAL(1186, 1187, "interval", "interval", 'T', true, 16, Layout.OBJECT),
  TIMETZ(1266, 1270, "timetz", "time with time zone", 'D', false, 12, Layout.OBJECT),
  BIT(1560, 1561, "bit", "bit", 'V', false, -1, Layout.OBJECT),
  VARBIT(1562, 1563, "varbit", "bit varying", 'V', true, -1, Layout.OBJECT),
  NUMERIC(1700, 1231, "numeric", "numeric", 'N', false, -1, Layout.OBJECT),
  REFCURSOR(1790, 2201, "refcursor", "refcursor", 'U', false, -1, Layout.OBJECT),
  REGPROCEDURE(2202, 2207, "regprocedure", "regprocedure", 'N', false, 4, Layout.LONG),
  REGOPER(2203, 2208, "regoper", "regoper", 'N', false, 4, Layout.LONG),
  REGOPERATOR(2204, 2209, "regoperator", "regoperator", 'N', false, 4, Layout.LONG),
  REGCLASS(2205, 2210, "regclass", "regclass", 'N', false, 4, Layout.LONG),
  REGTYPE(2206, 2211, "regtype", "regtype", 'N', false, 4, Layout.LONG),
  RECORD(2249, 2287, "record", "record", 'P', false, -1, Layout.OBJECT),
  CSTRING(2275, 1263, "cstring", "cstring", 'P', false, -2, Layout.OBJECT),
  ANY(2276, 0, "any", "\"any\"", 'P', false, 4, Layout.OBJECT),
  ANYARRAY(2277, 0, "anyarray", "anyarray", 'P', false, -1, Layout.OBJECT),
  VOID(2278, 0, "void", "void", 'P', false, 4, Layout.OBJECT),
  TRIGGER(2279, 0, "trigger", "trigger", 'P', false, 4, Layout.OBJECT),
  INTERNAL(2281, 0, "internal", "internal", 'P', false, 8, Layout.OBJECT),
  ANYELEMENT(2283, 0, "anyelement", "anyelement", 'P', false, 4, Layout.OBJECT),
  ANYNONARRAY(2776, 0, "anynonarray", "anynonarray", 'P', false, 4, Layout.OBJECT),
  ANYCOMPATIBLE(5077, 0, "anycompatible", "anycompatible", 'P', false, 4, Layout.OBJECT),
  ANYCOMPATIBLEARRAY(
      5078, 0, "anycompatiblearray", "anycompatiblearray", 'P', false, -1, Layout.OBJECT),
  ANYCOMPATIBLENONARRAY(
      5079, 0, "anycompatiblenonarray", "anycompatiblenonarray", 'P', false, 4, Layout.OBJECT),
  ANYRANGE(3831, 0, "anyrange", "anyrange", 'P', false, -1, Layout.OBJECT),
  ANYMULTIRANGE(4537, 0, "anymultirange", "anymultirange", 'P', false, -1, Layout.OBJECT),
  INT4RANGE(3904, 3905, "int4range", "int4range", 'R', false, -1, Layout.OBJECT),
  NUMRANGE(3906, 3907, "numrange", "numrange", 'R', false, -1, Layout.OBJECT),
  TSRANGE(3908, 3909, "tsrange", "tsrange", 'R', false, -1, Layout.OBJECT),
  TSTZRANGE(3910, 3911, "tstzrange", "tstzrange", 'R', false, -1, Layout.OBJECT),
  DATERANGE(3912, 3913, "daterange", "daterange", 'R', false, -1, Layout.OBJECT),
  INT8RANGE(3926, 3927, "int8range", "int8range", 'R', false, -1, Layout.OBJECT),
  INT4MULTIRANGE(4451, 6150, "int4multirange", "int4multirange", 'R', false, -1, Layout.OBJECT),
  NUMMULTIRANGE(4532, 6151, "nummultirange", "nummultirange", 'R', false, -1, Layout.OBJECT),
  TSMULTIRANGE(4533, 6152, "tsmultirange", "tsmultirange", 'R', false, -1, Layout.OBJECT),
  TSTZMULTIRANGE(4534, 6153, "tstzmultirange", "tstzmultirange", 'R', false, -1, Layout.OBJECT),
  DATEMULTIRANGE(4535, 6155, "datemultirange", "datemultirange", 'R', false, -1, Layout.OBJECT),
  INT8MULTIRANGE(4536, 6157, "int8multirange", "int8multirange", 'R', false, -1, Layout.OBJECT),
  UUID(2950, 2951, "uuid", "uuid", 'U', false, 16, Layout.OBJECT),
  PG_LSN(3220, 3221, "pg_lsn", "pg_lsn", 'U', false, 8, Layout.LONG),
  ENUM(3500, 3501, "anyenum", "anyenum", 'E', false, 4, Layout.LONG),
  TSVECTOR(3614, 3643, "tsvector", "tsvector", 'U', false, -1, Layout.OBJECT),
  TSQUERY(3615, 3645, "tsquery", "tsquery", 'U', false, -1, Layout.OBJECT),
  XID8(5069, 271, "xid8", "xid8", 'U', false, 8, Layout.LONG),
  REGDICTIONARY(3769, 3770, "regdictionary", "regdictionary", 'N', false, 4, Layout.LONG),
  JSONB(3802, 3807, "jsonb", "jsonb", 'U', false, -1, Layout.OBJECT),
  JSONPATH(4072, 4073, "jsonpath", "jsonpath", 'U', false, -1, Layout.OBJECT),
  REGNAMESPACE(4089, 4090, "regnamespace", "regnamespace", 'N', false, 4, Layout.LONG),
  REGROLE(4096, 4097, "regrole", "regrole", 'N', false, 4, Layout.LONG),
  REGCOLLATION(4191, 4192, "regcollation", "regcollation", 'N', false, 4, Layout.LONG),
  REGCONFIG(3734, 3735, "regconfig", "regconfig", 'N', false, 4, Layout.LONG),
  VECTOR(16386, 16392, "vector", "vector", 'U', false, -1, Layout.VECTOR),
  HALFVEC(16499, 16505, "halfvec", "halfvec", 'U', false, -1, Layout.OBJECT),
  SPARSEVEC(16634, 16640, "sparsevec", "sparsevec", 'U', false, -1, Layout.OBJECT),
  HSTORE(16_700, 16_705, "hstore", "hstore", 'U', false, -1, Layout.OBJECT);

  private static final Map<String, BaseType> BY_NAME = new HashMap<>();
  private static final Map<Integer, BaseType> BY_OID = new HashMap<>();
  private static final Map<Integer, BaseType> BY_ARRAY_OID = new HashMap<>();

  static {
    for (BaseType type : values()) {
      BY_NAME.put(type.typeName, type);
      BY_OID.put(type.oid, type);
      if (type.arrayOid != 0) {
        BY_ARRAY_OID.put(type.arrayOid, type);
      }
    }
  }

  private final int oid;
  private final int arrayOid;
  private final String typeName;
  private final String sqlName;
  private final char category;
  private final boolean preferred;
  private final int typeLength;
  private final Layout layout;

  BaseType(
      int oid,
      int arrayOid,
      String typeName,
      String sqlName,
      char category,
      boolean preferred,
      int typeLength,
      Layout layout) {
    this.oid = oid;
    this.arrayOid = arrayOid;
    this.typeName = typeName;
    this.sqlName = sqlName;
    this.category = category;
    this.preferred = preferred;
    this.typeLength = typeLength;
    this.layout = layout;
  }

  public int oid() {
    return oid;
  }

  /// OID of the array type, 0 when there is none.
  public int arrayOid() {
    return arrayOid;
  }

  /// `pg_type.typname`, for example `int4`.
  public String typeName() {
    return typeName;
  }

  /// The name error messages and `format_type` use, for example `integer`.
  public String sqlName() {
    return sqlName;
  }

  /// `pg_type.typcategory`.
  public char category() {
    return category;
  }

  /// `pg_type.typispreferred`.
  public boolean preferred() {
    return preferred;
  }

  /// `pg_type.typlen`.
  public int typeLength() {
    return typeLength;
  }

  public Layout layout() {
    return layout;
  }

  /// Whether the type is a pseudo-type (`typcategory` P).
  public boolean isPseudo() {
    return category == 'P';
  }

  /// The type whose `typname` is `name`, for example `int4`.
  public static Optional<BaseType> byTypeName(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
  }

  public static Optional<BaseType> byOid(int oid) {
    return Optional.ofNullable(BY_OID.get(oid));
  }

  public static Optional<BaseType> byArrayOid(int oid) {
    return Optional.ofNullable(BY_ARRAY_OID.get(oid));
  }
}
