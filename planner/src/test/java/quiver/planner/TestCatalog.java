package quiver.planner;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.SystemCatalog;
import quiver.common.catalog.TableDefinition;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.planner.context.PlanningContext;

/// A catalog with the tables the tests query.
final class TestCatalog {
  static final long ITEMS = 20_001;

  private TestCatalog() {}

  static PlanningContext context() {
    return new PlanningContext(
        image(), TestCatalog::relation, List.of("public"), List.of(), Map.of(), "quiver");
  }

  private static CatalogImage image() {
    List<TableDefinition> tables = new ArrayList<>();
    tables.add(
        table(
            ITEMS,
            "items",
            List.of("id"),
            "id:int8! category:text price:float8 tags:text[] added:timestamptz=now()"
                + " embedding:vector(3)",
            List.of(
                IndexDefinition.ofColumns(
                    20_090,
                    "items_embedding_idx",
                    IndexMethod.HNSW,
                    List.of(IndexKey.ofColumn(6, "vector_cosine_ops")),
                    Map.of(),
                    false,
                    false,
                    IndexDefinition.State.VALID)),
            List.of(
                new TableDefinition.CheckConstraint(
                    20_091, "items_price_check", "(price > (0)::double precision)"))));
    tables.add(
        table(
            20_002,
            "docs",
            List.of("id"),
            "id:int4!=nextval('docs_id_seq'::regclass) item_id:int8 title:varchar(20) v:vector(3)"
                + " w:vector",
            List.of(),
            List.of()));
    tables.add(
        table(
            20_003, "pairs", List.of("a", "b"), "a:int4! b:text! n:numeric", List.of(), List.of()));
    tables.add(
        table(
            20_011,
            "region",
            List.of(),
            "r_regionkey:int4 r_name:text r_comment:text",
            List.of(),
            List.of()));
    tables.add(
        table(
            20_012,
            "nation",
            List.of(),
            "n_nationkey:int4 n_name:text n_regionkey:int4 n_comment:text",
            List.of(),
            List.of()));
    tables.add(
        table(
            20_013,
            "supplier",
            List.of(),
            "s_suppkey:int8 s_name:text s_address:text s_nationkey:int4 s_phone:text"
                + " s_acctbal:numeric s_comment:text",
            List.of(),
            List.of()));
    tables.add(
        table(
            20_014,
            "customer",
            List.of(),
            "c_custkey:int8 c_name:text c_address:text c_nationkey:int4 c_phone:text"
                + " c_acctbal:numeric c_mktsegment:text c_comment:text",
            List.of(),
            List.of()));
    tables.add(
        table(
            20_015,
            "part",
            List.of(),
            "p_partkey:int8 p_name:text p_mfgr:text p_brand:text p_type:text p_size:int4"
                + " p_container:text p_retailprice:numeric p_comment:text",
            List.of(),
            List.of()));
    tables.add(
        table(
            20_016,
            "partsupp",
            List.of(),
            "ps_partkey:int8 ps_suppkey:int8 ps_availqty:int4 ps_supplycost:numeric"
                + " ps_comment:text",
            List.of(),
            List.of()));
    tables.add(
        table(
            20_017,
            "orders",
            List.of(),
            "o_orderkey:int8 o_custkey:int8 o_orderstatus:text o_totalprice:numeric"
                + " o_orderdate:date o_orderpriority:text o_clerk:text o_shippriority:int4"
                + " o_comment:text",
            List.of(),
            List.of()));
    tables.add(
        table(
            20_018,
            "lineitem",
            List.of(),
            "l_orderkey:int8 l_partkey:int8 l_suppkey:int8 l_linenumber:int4 l_quantity:numeric"
                + " l_extendedprice:numeric l_discount:numeric l_tax:numeric l_returnflag:text"
                + " l_linestatus:text l_shipdate:date l_commitdate:date l_receiptdate:date"
                + " l_shipinstruct:text l_shipmode:text l_comment:text",
            List.of(),
            List.of()));
    return new CatalogImage(
        7,
        List.of(
            new CatalogImage.SchemaDefinition(2200, "public"),
            new CatalogImage.SchemaDefinition(20_100, "other")),
        tables,
        List.of(
            new SequenceDefinition(
                20_050,
                "public",
                "docs_id_seq",
                BaseType.INT4,
                1,
                1,
                1,
                Integer.MAX_VALUE,
                false,
                Optional.of(20_002L))));
  }

  private static TableDefinition table(
      long id,
      String name,
      List<String> key,
      String columns,
      List<IndexDefinition> indexes,
      List<TableDefinition.CheckConstraint> checks) {
    List<ColumnDefinition> definitions = new ArrayList<>();
    for (String column : columns.split(" ", -1)) {
      int colon = column.indexOf(':');
      String rest = column.substring(colon + 1);
      Optional<String> defaultSql = Optional.empty();
      int equals = rest.indexOf('=');
      if (equals >= 0) {
        defaultSql = Optional.of(rest.substring(equals + 1));
        rest = rest.substring(0, equals);
      }
      boolean notNull = rest.endsWith("!");
      definitions.add(
          new ColumnDefinition(
              definitions.size() + 1,
              column.substring(0, colon),
              type(notNull ? rest.substring(0, rest.length() - 1) : rest),
              notNull,
              defaultSql,
              Optional.empty(),
              ColumnDefinition.Identity.NONE));
    }
    List<Integer> keyIds =
        key.stream()
            .map(column ->
                definitions.stream()
                    .filter(d -> d.name().equals(column))
                    .findFirst()
                    .orElseThrow()
                    .id())
            .toList();
    return new TableDefinition(
        id,
        "public",
        name,
        1,
        0,
        definitions,
        key.isEmpty()
            ? Optional.empty()
            : Optional.of(new TableDefinition.PrimaryKey(id + 500, name + "_pkey", keyIds)),
        checks,
        indexes,
        1);
  }

  static SqlType type(String text) {
    boolean array = text.endsWith("[]");
    String scalar = array ? text.substring(0, text.length() - 2) : text;
    int paren = scalar.indexOf('(');
    return paren < 0
        ? TypeNames.resolve(Optional.empty(), scalar, List.of(), array ? 1 : 0)
        : TypeNames.resolve(
            Optional.empty(),
            scalar.substring(0, paren),
            List.of(scalar.substring(paren + 1, scalar.length() - 1).split(",", -1)),
            array ? 1 : 0);
  }

  private static Optional<List<SystemCatalog.SystemColumn>> relation(String schema, String name) {
    String columns =
        switch (schema + "." + name) {
          case "pg_catalog.pg_class" ->
              "oid:oid relname:name relnamespace:oid reltype:oid relowner:oid relam:oid"
                  + " relkind:char relchecks:int2 relhasindex:bool relhasrules:bool"
                  + " relhastriggers:bool relrowsecurity:bool relforcerowsecurity:bool"
                  + " relispartition:bool reltablespace:oid reloftype:oid relpersistence:char"
                  + " relreplident:char reltoastrelid:oid relpartbound:pg_node_tree tableoid:oid#";
          case "pg_catalog.pg_namespace" -> "oid:oid nspname:name nspowner:oid tableoid:oid#";
          case "pg_catalog.pg_attribute" ->
              "attrelid:oid attname:name atttypid:oid attnum:int2 attlen:int2 atttypmod:int4"
                  + " attnotnull:bool atthasdef:bool attidentity:char attgenerated:char"
                  + " attisdropped:bool attcollation:oid";
          case "pg_catalog.pg_attrdef" -> "oid:oid adrelid:oid adnum:int2 adbin:pg_node_tree";
          case "pg_catalog.pg_type" ->
              "oid:oid typname:name typnamespace:oid typcollation:oid typtype:char typbasetype:oid"
                  + " typtypmod:int4";
          case "pg_catalog.pg_collation" -> "oid:oid collname:name collnamespace:oid";
          case "pg_catalog.pg_am" -> "oid:oid amname:name";
          case "pg_catalog.pg_index" ->
              "indexrelid:oid indrelid:oid indkey:int2vector indisunique:bool indisprimary:bool"
                  + " indisclustered:bool indisvalid:bool indisreplident:bool";
          case "pg_catalog.pg_constraint" ->
              "oid:oid conname:name conrelid:oid conindid:oid contype:char condeferrable:bool"
                  + " condeferred:bool conkey:int2[]";
          case "pg_catalog.pg_database" ->
              "oid:oid datname:name datdba:oid encoding:int4 datcollate:text datctype:text"
                  + " datacl:aclitem[]";
          default -> "";
        };
    if (columns.isEmpty()) {
      return Optional.empty();
    }
    List<SystemCatalog.SystemColumn> result = new ArrayList<>();
    for (String column : columns.split(" ", -1)) {
      int colon = column.indexOf(':');
      boolean hidden = column.endsWith("#");
      String type = column.substring(colon + 1, column.length() - (hidden ? 1 : 0));
      result.add(
          new SystemCatalog.SystemColumn(
              column.substring(0, colon), type(type.equals("char") ? "\"char\"" : type), hidden));
    }
    return Optional.of(result);
  }
}
