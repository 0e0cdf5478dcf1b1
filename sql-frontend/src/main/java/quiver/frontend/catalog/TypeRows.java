package quiver.frontend.catalog;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import quiver.common.function.CastSignature;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OperatorSignature;
import quiver.common.function.OutputColumn;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.RangeFamily;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;

/// `pg_type`, `pg_proc`, `pg_operator`, `pg_cast` and `pg_aggregate`.
final class TypeRows {
  private static final Map<Integer, List<String>> TYPE_FACTS =
      ResourceTable.rows("types.tsv").stream()
          .collect(
              Collectors.toUnmodifiableMap(
                  fields -> Integer.parseInt(fields.getFirst()), fields -> fields));

  private final SystemState state;

  TypeRows(SystemState state) {
    this.state = state;
  }

  /// Where values of a type may be stored: `p`, `m`, `e` or `x`.
  String storage(BaseType type) {
    List<String> facts = TYPE_FACTS.getOrDefault(type.oid(), List.of());
    return facts.isEmpty() ? "e" : facts.get(12);
  }

  void types(RowSet rows) {
    for (BaseType type : BaseType.values()) {
      List<String> facts = TYPE_FACTS.getOrDefault(type.oid(), List.of());
      rows.add(
          "oid", type.oid(),
          "typname", type.typeName(),
          "typnamespace", namespace(type),
          "typowner", SystemState.SUPERUSER_OID,
          "typlen", type.typeLength(),
          "typbyval", facts.isEmpty() ? false : facts.get(1).equals("t"),
          "typtype", kind(type),
          "typcategory", type == BaseType.ENUM ? "P" : String.valueOf(type.category()),
          "typispreferred", type.preferred(),
          "typisdefined", true,
          "typdelim", ",",
          "typrelid", 0,
          "typsubscript", fact(facts, 3),
          "typelem", elementOid(type),
          "typarray", type == BaseType.ENUM ? 0 : type.arrayOid(),
          "typinput", fact(facts, 4),
          "typoutput", fact(facts, 5),
          "typreceive", fact(facts, 6),
          "typsend", fact(facts, 7),
          "typmodin", fact(facts, 8),
          "typmodout", fact(facts, 9),
          "typanalyze", fact(facts, 10),
          "typalign", facts.isEmpty() ? "i" : facts.get(11),
          "typstorage", storage(type),
          "typnotnull", false,
          "typbasetype", 0,
          "typtypmod", -1,
          "typndims", 0,
          "typcollation", fact(facts, 13));
    }
    for (BaseType element : BaseType.values()) {
      if (element.arrayOid() != 0 && element != BaseType.ENUM) {
        array(rows, element);
      }
    }
    new UserTypeRows(state).types(rows, TYPE_FACTS);
  }

  private void array(RowSet rows, BaseType element) {
    List<String> facts = TYPE_FACTS.getOrDefault(element.arrayOid(), List.of());
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

  private static String kind(BaseType type) {
    if (type.category() == 'R') {
      return RangeFamily.ofRange(type).isPresent() ? "r" : "m";
    }
    return SqlType.of(type).isPseudo() ? "p" : "b";
  }

  /// `pg_range`.
  static void ranges(RowSet rows) {
    for (RangeFamily family : RangeFamily.values()) {
      RangeSupport support = RangeSupport.of(family);
      rows.add(
          "rngtypid",
          family.range().oid(),
          "rngsubtype",
          family.subtype().oid(),
          "rngmultitypid",
          family.multirange().oid(),
          "rngcollation",
          0,
          "rngsubopc",
          support.operatorClass(),
          "rngcanonical",
          support.canonical(),
          "rngsubdiff",
          support.difference());
    }
  }

  /// OIDs of what a range type is made with; 0 for none.
  private record RangeSupport(int operatorClass, int canonical, int difference) {
    static RangeSupport of(RangeFamily family) {
      return switch (family) {
        case INT4 -> new RangeSupport(1978, 3914, 3922);
        case NUMERIC -> new RangeSupport(3125, 0, 3924);
        case TIMESTAMP -> new RangeSupport(3128, 0, 3929);
        case TIMESTAMPTZ -> new RangeSupport(3127, 0, 3930);
        case DATE -> new RangeSupport(3122, 3915, 3925);
        case INT8 -> new RangeSupport(3124, 3928, 3923);
      };
    }
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
      case VECTOR, HALFVEC, SPARSEVEC, HSTORE -> 2_200;
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
        ExtensionRows.of(function).isPresent() ? 2_200 : SystemState.PG_CATALOG_OID,
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

  private static boolean isOrderedSet(FunctionSignature function) {
    return function.name().equals("mode") || function.name().startsWith("percentile_");
  }

  void aggregates(RowSet rows) {
    for (FunctionSignature function : state.functions().functions()) {
      if (function.kind() == FunctionKind.AGGREGATE) {
        rows.add(
            "aggfnoid", function.oid(),
            "aggkind", isOrderedSet(function) ? "o" : "n",
            "aggnumdirectargs", function.name().startsWith("percentile_") ? 1 : 0,
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
}
