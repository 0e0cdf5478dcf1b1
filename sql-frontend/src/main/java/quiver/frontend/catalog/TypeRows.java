package quiver.frontend.catalog;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import quiver.common.function.CastSignature;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OperatorSignature;
import quiver.common.function.OutputColumn;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.vector.DistanceMetric;

/// `pg_type`, `pg_proc`, `pg_operator`, `pg_cast`, `pg_aggregate`, access methods and operator
/// classes.
final class TypeRows {
  private static final int HNSW_OID = 16_800;
  private static final int IVFFLAT_OID = 16_801;

  /// The operator class (and family) of a metric over `vector`.
  static int operatorClassOid(DistanceMetric metric) {
    return switch (metric) {
      case L2 -> 16_820;
      case INNER_PRODUCT -> 16_821;
      case COSINE -> 16_822;
      case L1 -> 16_823;
    };
  }

  private final SystemState state;
  private final Map<Integer, List<String>> typeFacts = new HashMap<>();

  TypeRows(SystemState state) {
    this.state = state;
    for (List<String> fields : ResourceTable.read("types.tsv")) {
      typeFacts.put(Integer.parseInt(fields.getFirst()), fields);
    }
  }

  void types(RowSet rows) {
    for (BaseType type : BaseType.values()) {
      List<String> facts = typeFacts.getOrDefault(type.oid(), List.of());
      rows.add(
          "oid", type.oid(),
          "typname", type.typeName(),
          "typnamespace", namespace(type),
          "typowner", SystemState.SUPERUSER_OID,
          "typlen", type.typeLength(),
          "typbyval", facts.isEmpty() ? false : facts.get(1).equals("t"),
          "typtype", type.isPseudo() ? "p" : "b",
          "typcategory", String.valueOf(type.category()),
          "typispreferred", type.preferred(),
          "typisdefined", true,
          "typdelim", ",",
          "typrelid", 0,
          "typsubscript", fact(facts, 3),
          "typelem", elementOid(type),
          "typarray", type.arrayOid(),
          "typinput", fact(facts, 4),
          "typoutput", fact(facts, 5),
          "typreceive", fact(facts, 6),
          "typsend", fact(facts, 7),
          "typmodin", fact(facts, 8),
          "typmodout", fact(facts, 9),
          "typanalyze", fact(facts, 10),
          "typalign", facts.isEmpty() ? "i" : facts.get(11),
          "typstorage", facts.isEmpty() ? "e" : facts.get(12),
          "typnotnull", false,
          "typbasetype", 0,
          "typtypmod", -1,
          "typndims", 0,
          "typcollation", fact(facts, 13));
    }
    for (BaseType element : BaseType.values()) {
      if (element.arrayOid() != 0) {
        array(rows, element);
      }
    }
  }

  private void array(RowSet rows, BaseType element) {
    List<String> facts = typeFacts.getOrDefault(element.arrayOid(), List.of());
    boolean pseudo = element == BaseType.RECORD;
    rows.add(
        "oid",
        element.arrayOid(),
        "typname",
        "_" + element.typeName(),
        "typnamespace",
        namespace(element),
        "typowner",
        SystemState.SUPERUSER_OID,
        "typlen",
        -1,
        "typbyval",
        false,
        "typtype",
        pseudo ? "p" : "b",
        "typcategory",
        pseudo ? "P" : "A",
        "typispreferred",
        false,
        "typisdefined",
        true,
        "typdelim",
        ",",
        "typrelid",
        0,
        "typsubscript",
        fact(facts, 3),
        "typelem",
        element.oid(),
        "typarray",
        0,
        "typinput",
        fact(facts, 4),
        "typoutput",
        fact(facts, 5),
        "typreceive",
        fact(facts, 6),
        "typsend",
        fact(facts, 7),
        "typmodin",
        fact(facts, 8),
        "typmodout",
        fact(facts, 9),
        "typanalyze",
        fact(facts, 10),
        "typalign",
        facts.get(11),
        "typstorage",
        facts.get(12),
        "typnotnull",
        false,
        "typbasetype",
        0,
        "typtypmod",
        -1,
        "typndims",
        0,
        "typcollation",
        fact(facts, 13));
  }

  private static int fact(List<String> facts, int index) {
    return facts.isEmpty() ? 0 : Integer.parseInt(facts.get(index));
  }

  private static int elementOid(BaseType type) {
    return switch (type) {
      case INT2VECTOR -> BaseType.INT2.oid();
      case OIDVECTOR -> BaseType.OID.oid();
      case NAME -> BaseType.CHAR.oid();
      default -> 0;
    };
  }

  private static int namespace(BaseType type) {
    return switch (type) {
      case VECTOR, HALFVEC, SPARSEVEC -> 2_200;
      default -> SystemState.PG_CATALOG_OID;
    };
  }

  void functions(RowSet rows) {
    state.functions().functions().forEach(function -> function(rows, function));
    state.functions().internals().forEach(function -> function(rows, function));
  }

  private void function(RowSet rows, FunctionSignature function) {
    List<OutputColumn> outputs = state.functions().outputColumns(function);
    rows.add(
        "oid",
        function.oid(),
        "proname",
        function.name(),
        "pronamespace",
        function.oid() >= 16_384 ? 2_200 : SystemState.PG_CATALOG_OID,
        "proowner",
        SystemState.SUPERUSER_OID,
        "prolang",
        12,
        "procost",
        1.0,
        "prorows",
        function.kind() == FunctionKind.SET_RETURNING ? 1_000.0 : 0.0,
        "provariadic",
        function.variadic() ? function.arguments().getLast().oid() : 0,
        "prosupport",
        0,
        "prokind",
        kind(function.kind()),
        "prosecdef",
        false,
        "proleakproof",
        false,
        "proisstrict",
        function.strict(),
        "proretset",
        function.kind() == FunctionKind.SET_RETURNING,
        "provolatile",
        switch (function.volatility()) {
          case IMMUTABLE -> "i";
          case STABLE -> "s";
          case VOLATILE -> "v";
        },
        "proparallel",
        "s",
        "pronargs",
        function.arguments().size(),
        "pronargdefaults",
        function.defaults(),
        "prorettype",
        function.result().oid(),
        "proargtypes",
        oidVector(function.declaredArguments()),
        "proallargtypes",
        outputs.isEmpty() ? null : allTypes(function, outputs),
        "proargmodes",
        outputs.isEmpty() ? null : modes(function, outputs),
        "proargnames",
        outputs.isEmpty() ? null : names(function, outputs),
        "prosrc",
        function.name());
  }

  /// Types of the arguments and then of the columns.
  private static ArrayValue allTypes(FunctionSignature function, List<OutputColumn> outputs) {
    List<Object> types = new ArrayList<>();
    function.declaredArguments().forEach(type -> types.add((long) type.oid()));
    outputs.forEach(column -> types.add((long) column.type().oid()));
    return ArrayValue.of(BaseType.OID, types);
  }

  private static ArrayValue modes(FunctionSignature function, List<OutputColumn> outputs) {
    List<Object> modes = new ArrayList<>(Collections.nCopies(function.arguments().size(), "i"));
    modes.addAll(Collections.nCopies(outputs.size(), "o"));
    return ArrayValue.of(BaseType.CHAR, modes);
  }

  private static ArrayValue names(FunctionSignature function, List<OutputColumn> outputs) {
    List<Object> names = new ArrayList<>(Collections.nCopies(function.arguments().size(), ""));
    outputs.forEach(column -> names.add(column.name()));
    return ArrayValue.of(BaseType.TEXT, names);
  }

  private static String kind(FunctionKind kind) {
    return switch (kind) {
      case SCALAR, SET_RETURNING -> "f";
      case AGGREGATE -> "a";
      case WINDOW -> "w";
    };
  }

  private static ArrayValue oidVector(List<SqlType> types) {
    return vector(BaseType.OID, types.stream().map(type -> (Object) (long) type.oid()).toArray());
  }

  /// An `oidvector` or `int2vector`: an array that counts from 0.
  static ArrayValue vector(BaseType element, @Nullable Object... values) {
    return ArrayValue.withLowerBound(element, values, 0);
  }

  void operators(RowSet rows) {
    for (OperatorSignature operator : state.functions().operators()) {
      rows.add(
          "oid", operator.oid(),
          "oprname", operator.symbol(),
          "oprnamespace", operator.oid() >= 16_384 ? 2_200 : SystemState.PG_CATALOG_OID,
          "oprowner", SystemState.SUPERUSER_OID,
          "oprkind", operator.left().isPresent() ? "b" : "l",
          "oprcanmerge", operator.mergeable(),
          "oprcanhash", operator.hashable(),
          "oprleft", operator.left().map(SqlType::oid).orElse(0),
          "oprright", operator.right().oid(),
          "oprresult", operator.result().oid(),
          "oprcom", operator.commutatorOid(),
          "oprnegate", operator.negatorOid(),
          "oprcode", operator.function().oid(),
          "oprrest", 0,
          "oprjoin", 0);
    }
  }

  void casts(RowSet rows) {
    int oid = 10_000;
    for (CastSignature cast : state.functions().casts()) {
      rows.add(
          "oid",
          oid++,
          "castsource",
          cast.source().oid(),
          "casttarget",
          cast.target().oid(),
          "castfunc",
          cast.function().map(FunctionSignature::oid).orElse(0),
          "castcontext",
          cast.context() == CastContext.IMPLICIT
              ? "i"
              : cast.context() == CastContext.ASSIGNMENT ? "a" : "e",
          "castmethod",
          switch (cast.method()) {
            case FUNCTION -> "f";
            case BINARY -> "b";
            case INOUT, ARRAY -> "i";
          });
    }
  }

  void aggregates(RowSet rows) {
    for (FunctionSignature function : state.functions().functions()) {
      if (function.kind() == FunctionKind.AGGREGATE) {
        rows.add(
            "aggfnoid", function.oid(),
            "aggkind", "n",
            "aggnumdirectargs", 0,
            "aggtransfn", 0,
            "aggfinalfn", 0,
            "aggcombinefn", 0,
            "aggserialfn", 0,
            "aggdeserialfn", 0,
            "aggmtransfn", 0,
            "aggminvtransfn", 0,
            "aggmfinalfn", 0,
            "aggfinalextra", false,
            "aggmfinalextra", false,
            "aggfinalmodify", "r",
            "aggmfinalmodify", "r",
            "aggsortop", 0,
            "aggtranstype", BaseType.INTERNAL.oid(),
            "aggtransspace", 0,
            "aggmtranstype", 0,
            "aggmtransspace", 0);
      }
    }
  }

  static void accessMethods(RowSet rows) {
    rows.add("oid", 2, "amname", "heap", "amhandler", 3, "amtype", "t");
    rows.add("oid", 403, "amname", "btree", "amhandler", 330, "amtype", "i");
    rows.add("oid", HNSW_OID, "amname", "hnsw", "amhandler", 17_965, "amtype", "i");
    rows.add("oid", IVFFLAT_OID, "amname", "ivfflat", "amhandler", 17_966, "amtype", "i");
  }

  /// The OID of an index method.
  static int accessMethodOid(String name) {
    return switch (name) {
      case "btree" -> 403;
      case "hash" -> 405;
      case "gin" -> 2_742;
      case "brin" -> 3_580;
      case "ivfflat" -> IVFFLAT_OID;
      default -> HNSW_OID;
    };
  }

  static void operatorClasses(RowSet rows) {
    for (quiver.common.vector.DistanceMetric metric :
        quiver.common.vector.DistanceMetric.values()) {
      rows.add(
          "oid",
          operatorClassOid(metric),
          "opcmethod",
          HNSW_OID,
          "opcname",
          metric.operatorClass("vector"),
          "opcnamespace",
          2_200,
          "opcowner",
          SystemState.SUPERUSER_OID,
          "opcfamily",
          operatorClassOid(metric),
          "opcintype",
          BaseType.VECTOR.oid(),
          "opcdefault",
          false,
          "opckeytype",
          0);
    }
    for (BaseType type : BaseType.values()) {
      if (isBtree(type)) {
        rows.add(
            "oid",
            btreeClassOid(type),
            "opcmethod",
            403,
            "opcname",
            type.typeName() + "_ops",
            "opcnamespace",
            SystemState.PG_CATALOG_OID,
            "opcowner",
            SystemState.SUPERUSER_OID,
            "opcfamily",
            btreeClassOid(type),
            "opcintype",
            type.oid(),
            "opcdefault",
            true,
            "opckeytype",
            0);
      }
    }
  }

  static void operatorFamilies(RowSet rows) {
    for (quiver.common.vector.DistanceMetric metric :
        quiver.common.vector.DistanceMetric.values()) {
      rows.add(
          "oid",
          operatorClassOid(metric),
          "opfmethod",
          HNSW_OID,
          "opfname",
          metric.operatorClass("vector"),
          "opfnamespace",
          2_200,
          "opfowner",
          SystemState.SUPERUSER_OID);
    }
    for (BaseType type : BaseType.values()) {
      if (isBtree(type)) {
        rows.add(
            "oid",
            btreeClassOid(type),
            "opfmethod",
            403,
            "opfname",
            type.typeName() + "_ops",
            "opfnamespace",
            SystemState.PG_CATALOG_OID,
            "opfowner",
            SystemState.SUPERUSER_OID);
      }
    }
  }

  private static boolean isBtree(BaseType type) {
    return !type.isPseudo()
        && switch (type) {
          case JSON,
              PG_NODE_TREE,
              ACLITEM,
              UNKNOWN,
              JSONPATH,
              REFCURSOR,
              XID,
              CID,
              HALFVEC,
              SPARSEVEC,
              VECTOR,
              VARCHAR ->
              false;
          default -> true;
        };
  }

  /// The default btree operator class of a type.
  static int btreeClassOid(BaseType type) {
    return switch (type) {
      case INT2 -> 1_979;
      case INT4 -> 1_978;
      case INT8 -> 3_124;
      case TEXT, VARCHAR -> 3_126;
      default -> 10_000 + (type.oid() & 0xfff);
    };
  }
}
