package quiver.frontend.catalog;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import quiver.common.catalog.Extension;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.OperatorClass;
import quiver.common.catalog.OperatorClasses;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OperatorSignature;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// Which functions, types, operators and index methods belong to which extension: rows of
/// `pg_depend` by which pg_dump leaves them out.
final class ExtensionRows {
  private static final int FIRST_USER_OID = 16_384;
  private static final int EXTENSION_RELATION = 3_079;
  private static final int FUNCTION_RELATION = 1_255;
  private static final int TYPE_RELATION = 1_247;
  private static final int OPERATOR_RELATION = 2_617;
  private static final int CLASS_RELATION = 2_616;
  private static final int FAMILY_RELATION = 2_753;
  private static final int METHOD_RELATION = 2_601;

  private final RowSet rows;

  ExtensionRows(RowSet rows) {
    this.rows = rows;
  }

  /// The extension a function belongs to; those of the system belong to none.
  static Optional<Extension> of(FunctionSignature function) {
    if (function.oid() < FIRST_USER_OID) {
      return Optional.empty();
    }
    if (function.name().startsWith("uuid_")) {
      return Optional.of(Extension.UUID_OSSP);
    }
    Optional<Extension> ofTypes =
        Stream.concat(function.arguments().stream(), Stream.of(function.result()))
            .flatMap(type -> of(type.base()).stream())
            .findFirst();
    if (ofTypes.isPresent()) {
      return ofTypes;
    }
    return switch (function.name()) {
      case "hamming_distance", "jaccard_distance", "vector_combine", "halfvec_combine" ->
          Optional.of(Extension.VECTOR);
      default -> Optional.empty();
    };
  }

  static Optional<Extension> of(BaseType type) {
    return switch (type) {
      case VECTOR, HALFVEC, SPARSEVEC -> Optional.of(Extension.VECTOR);
      case HSTORE -> Optional.of(Extension.HSTORE);
      default -> Optional.empty();
    };
  }

  private static Optional<Extension> of(OperatorSignature operator) {
    return Stream.concat(operator.left().stream(), Stream.of(operator.right()))
        .map(SqlType::base)
        .flatMap(type -> of(type).stream())
        .findFirst()
        .or(() -> of(operator.function()));
  }

  void members(FunctionRegistry functions) {
    for (BaseType type : BaseType.values()) {
      of(type)
          .ifPresent(extension -> {
            member(TYPE_RELATION, type.oid(), extension);
            member(TYPE_RELATION, type.arrayOid(), extension);
          });
    }
    Stream.concat(functions.functions().stream(), functions.internals().stream())
        .forEach(function ->
            of(function)
                .ifPresent(extension -> member(FUNCTION_RELATION, function.oid(), extension)));
    for (OperatorSignature operator : functions.operators()) {
      if (operator.oid() >= FIRST_USER_OID) {
        of(operator).ifPresent(extension -> member(OPERATOR_RELATION, operator.oid(), extension));
      }
    }
    Set<Integer> families = new HashSet<>();
    for (OperatorClass each : OperatorClasses.all()) {
      if (each.isExtension()) {
        Extension extension = of(each.type().base()).orElse(Extension.VECTOR);
        member(CLASS_RELATION, each.oid(), extension);
        if (families.add(each.familyOid())) {
          member(FAMILY_RELATION, each.familyOid(), extension);
        }
      }
    }
    Arrays.stream(IndexMethod.values())
        .filter(method -> method.oid() >= FIRST_USER_OID)
        .forEach(method -> member(METHOD_RELATION, method.oid(), Extension.VECTOR));
  }

  private void member(int classOid, long oid, Extension extension) {
    rows.add(
        "classid",
        classOid,
        "objid",
        oid,
        "objsubid",
        0,
        "refclassid",
        EXTENSION_RELATION,
        "refobjid",
        extension.oid(),
        "refobjsubid",
        0,
        "deptype",
        "e");
  }
}
