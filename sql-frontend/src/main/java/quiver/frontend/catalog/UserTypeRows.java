package quiver.frontend.catalog;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.RowTypes;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.TypeDefinition;
import quiver.common.type.BaseType;
import quiver.common.type.EnumLabel;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.common.type.UserType;

/// Enums, composite types, row types and domains in `pg_type`, `pg_enum`, `pg_constraint` and the
/// information schema.
final class UserTypeRows {
  // OIDs of functions of PostgreSQL 15.
  private static final int ENUM_IN = 3506;
  private static final int ENUM_OUT = 3507;
  private static final int ENUM_RECV = 3532;
  private static final int ENUM_SEND = 3533;
  private static final int DOMAIN_IN = 2597;
  private static final int DOMAIN_RECV = 2598;
  private static final int RECORD_IN = 2290;
  private static final int RECORD_OUT = 2291;
  private static final int RECORD_RECV = 2402;
  private static final int RECORD_SEND = 2403;
  private static final int ARRAY_IN = 750;
  private static final int ARRAY_OUT = 751;
  private static final int ARRAY_RECV = 2400;
  private static final int ARRAY_SEND = 2401;
  private static final int ARRAY_SUBSCRIPT_HANDLER = 6179;
  private static final int ARRAY_TYPANALYZE = 3816;

  private final SystemState state;

  UserTypeRows(SystemState state) {
    this.state = state;
  }

  /// The columns that differ between types.
  private record Looks(
      int length,
      boolean byValue,
      String kind,
      char category,
      int input,
      int output,
      int receive,
      int send,
      String align,
      String storage,
      int collation) {
    static final Looks ENUM =
        new Looks(4, true, "e", 'E', ENUM_IN, ENUM_OUT, ENUM_RECV, ENUM_SEND, "i", "p", 0);
    static final Looks ARRAY =
        new Looks(-1, false, "b", 'A', ARRAY_IN, ARRAY_OUT, ARRAY_RECV, ARRAY_SEND, "i", "x", 0);

    static final Looks COMPOSITE =
        new Looks(
            -1, false, "c", 'C', RECORD_IN, RECORD_OUT, RECORD_RECV, RECORD_SEND, "d", "x", 0);

    /// The array of a composite type.
    static final Looks COMPOSITE_ARRAY =
        new Looks(-1, false, "b", 'A', ARRAY_IN, ARRAY_OUT, ARRAY_RECV, ARRAY_SEND, "d", "x", 0);

    Looks domain() {
      return new Looks(
          length,
          byValue,
          "d",
          category,
          DOMAIN_IN,
          output,
          DOMAIN_RECV,
          send,
          align,
          storage,
          collation);
    }
  }

  /// @param facts what `types.tsv` has of built-in types, by OID
  void types(RowSet rows, Map<Integer, List<String>> facts) {
    for (TypeDefinition type : state.catalog().types()) {
      long arrayId = type.isDomain() ? 0 : type.arrayId();
      Looks looks = looks(type, facts);
      row(rows, type, type.id(), type.name(), looks, 0, arrayId);
      if (arrayId != 0) {
        Looks array = type.isComposite() ? Looks.COMPOSITE_ARRAY : Looks.ARRAY;
        row(rows, type, arrayId, "_" + type.name(), array, type.id(), 0);
      }
    }
    state.catalog().tables().forEach(table -> rowType(rows, table));
    state.catalog().views().forEach(view -> rowType(rows, view));
  }

  private void rowType(RowSet rows, CatalogObject relation) {
    UserType.OfComposite type = RowTypes.of(relation).orElse(null);
    if (type == null) {
      return;
    }
    Owned owned =
        new Owned(state.schemaOid(type.schema()), state.owner(relation.id()), relation.id());
    row(rows, owned, type.oid(), type.name(), Looks.COMPOSITE, 0, type.arrayOid());
    row(
        rows,
        owned.ofArray(),
        type.arrayOid(),
        "_" + type.name(),
        Looks.COMPOSITE_ARRAY,
        type.oid(),
        0);
  }

  /// Where a type belongs.
  ///
  /// @param relation `pg_type.typrelid`
  private record Owned(long schema, long owner, long relation) {
    Owned ofArray() {
      return new Owned(schema, owner, 0);
    }
  }

  private static Looks looks(TypeDefinition type, Map<Integer, List<String>> facts) {
    SqlType base = type.sqlType();
    if (base.array()) {
      return Looks.ARRAY.domain();
    }
    if (base.base() == BaseType.ENUM) {
      return type.isEnum() ? Looks.ENUM : Looks.ENUM.domain();
    }
    if (base.isComposite()) {
      return type.isComposite() ? Looks.COMPOSITE : Looks.COMPOSITE.domain();
    }
    List<String> fact = facts.getOrDefault(base.oid(), List.of());
    boolean isKnown = !fact.isEmpty();
    return new Looks(
            base.base().typeLength(),
            isKnown && fact.get(1).equals("t"),
            "d",
            base.base().category(),
            0,
            isKnown ? Integer.parseInt(fact.get(5)) : 0,
            0,
            isKnown ? Integer.parseInt(fact.get(7)) : 0,
            isKnown ? fact.get(11) : "i",
            isKnown ? fact.get(12) : "e",
            isKnown ? Integer.parseInt(fact.get(13)) : 0)
        .domain();
  }

  private void row(
      RowSet rows,
      TypeDefinition type,
      long oid,
      String name,
      Looks looks,
      long element,
      long arrayId) {
    boolean isDomain = looks.kind().equals("d");
    boolean isArray = element != 0;
    SqlType base = type.base().orElse(type.sqlType());
    long relation = type.isComposite() && !isArray ? RowTypes.companionOf(type.id()) : 0;
    Owned owned = new Owned(state.schemaOid(type.schema()), state.owner(type.id()), relation);
    List<@Nullable Object> cells = cells(owned, oid, name, looks, element, arrayId);
    Collections.addAll(
        cells,
        "typnotnull",
        isDomain && type.notNull(),
        "typbasetype",
        isDomain ? base.declaredOid() : 0,
        "typtypmod",
        isDomain && !base.isDomain() ? base.modifier() : -1,
        "typndims",
        isDomain && base.array() ? 1 : 0,
        "typdefaultbin",
        isDomain ? type.defaultSql().orElse(null) : null,
        "typdefault",
        isDomain ? type.defaultSql().orElse(null) : null,
        "typacl",
        isArray ? null : state.acl(SecuredKind.TYPE, type.id()));
    rows.add(cells.toArray());
  }

  /// A type that goes with a relation.
  private static void row(
      RowSet rows, Owned owned, long oid, String name, Looks looks, long element, long arrayId) {
    List<@Nullable Object> cells = cells(owned, oid, name, looks, element, arrayId);
    Collections.addAll(
        cells, "typnotnull", false, "typbasetype", 0, "typtypmod", -1, "typndims", 0);
    rows.add(cells.toArray());
  }

  /// What all types have.
  private static List<@Nullable Object> cells(
      Owned owned, long oid, String name, Looks looks, long element, long arrayId) {
    boolean isArray = element != 0;
    List<@Nullable Object> cells = new ArrayList<>();
    Collections.addAll(
        cells,
        "oid",
        oid,
        "typname",
        name,
        "typnamespace",
        owned.schema(),
        "typowner",
        owned.owner(),
        "typlen",
        looks.length(),
        "typbyval",
        looks.byValue(),
        "typtype",
        looks.kind(),
        "typcategory",
        looks.category(),
        "typispreferred",
        false,
        "typisdefined",
        true,
        "typdelim",
        ",",
        "typrelid",
        owned.relation(),
        "typsubscript",
        isArray ? ARRAY_SUBSCRIPT_HANDLER : 0,
        "typelem",
        element,
        "typarray",
        arrayId,
        "typinput",
        looks.input(),
        "typoutput",
        looks.output(),
        "typreceive",
        looks.receive(),
        "typsend",
        looks.send(),
        "typmodin",
        0,
        "typmodout",
        0,
        "typanalyze",
        isArray ? ARRAY_TYPANALYZE : 0,
        "typalign",
        looks.align(),
        "typstorage",
        looks.storage(),
        "typcollation",
        looks.collation());
    return cells;
  }

  /// `pg_enum`.
  void labels(RowSet rows) {
    for (TypeDefinition type : state.catalog().types()) {
      for (EnumLabel label : type.labels()) {
        rows.add(
            "oid", label.id(),
            "enumtypid", type.id(),
            "enumsortorder", (double) label.order() / TypeDefinition.ORDER_STEP,
            "enumlabel", label.text());
      }
    }
  }

  // ---- information_schema

  void domains(RowSet rows) {
    for (TypeDefinition type : state.catalog().types()) {
      if (!type.isDomain()) {
        continue;
      }
      SqlType base = type.base().orElseThrow();
      rows.add(
          "domain_catalog",
          state.database(),
          "domain_schema",
          type.schema(),
          "domain_name",
          type.name(),
          "data_type",
          base.array() ? TypeNames.formatType(base) : InformationSchemaRows.dataType(base),
          "character_maximum_length",
          InformationSchemaRows.characterLength(base),
          "character_octet_length",
          InformationSchemaRows.octetLength(base),
          "numeric_precision",
          InformationSchemaRows.numericPrecision(base),
          "numeric_precision_radix",
          InformationSchemaRows.numericRadix(base),
          "numeric_scale",
          InformationSchemaRows.numericScale(base),
          "datetime_precision",
          InformationSchemaRows.datetimePrecision(base),
          "domain_default",
          type.defaultSql().orElse(null),
          "udt_catalog",
          state.database(),
          "udt_schema",
          InformationSchemaRows.udtSchema(base),
          "udt_name",
          base.typeName(),
          "dtd_identifier",
          "1");
    }
  }

  void domainConstraints(RowSet rows) {
    for (TypeDefinition type : state.catalog().types()) {
      for (CheckConstraint check : type.checks()) {
        rows.add(
            "constraint_catalog", state.database(),
            "constraint_schema", type.schema(),
            "constraint_name", check.name(),
            "domain_catalog", state.database(),
            "domain_schema", type.schema(),
            "domain_name", type.name(),
            "is_deferrable", "NO",
            "initially_deferred", "NO");
      }
    }
  }

  void checkConstraints(RowSet rows) {
    for (TypeDefinition type : state.catalog().types()) {
      for (CheckConstraint check : type.checks()) {
        rows.add(
            "constraint_catalog", state.database(),
            "constraint_schema", type.schema(),
            "constraint_name", check.name(),
            "check_clause", "(" + check.sql() + ")");
      }
    }
  }

  void columnDomains(RowSet rows) {
    for (TableDefinition table : state.catalog().tables()) {
      for (ColumnDefinition column : table.columns()) {
        TypeDefinition domain = domain(column.type());
        if (domain != null) {
          rows.add(
              "domain_catalog", state.database(),
              "domain_schema", domain.schema(),
              "domain_name", domain.name(),
              "table_catalog", state.database(),
              "table_schema", table.schema(),
              "table_name", table.name(),
              "column_name", column.name());
        }
      }
    }
  }

  private @Nullable TypeDefinition domain(SqlType type) {
    return type.isDomain() ? state.catalog().type(type.declaredOid()).orElse(null) : null;
  }

  void domainTypes(RowSet rows) {
    for (TypeDefinition type : state.catalog().types()) {
      if (type.isDomain()) {
        SqlType base = type.base().orElseThrow();
        rows.add(
            "udt_catalog", state.database(),
            "udt_schema", InformationSchemaRows.udtSchema(base),
            "udt_name", base.typeName(),
            "domain_catalog", state.database(),
            "domain_schema", type.schema(),
            "domain_name", type.name());
      }
    }
  }
}
