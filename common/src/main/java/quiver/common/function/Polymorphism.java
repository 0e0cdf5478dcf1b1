package quiver.common.function;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.RangeFamily;
import quiver.common.type.SqlType;

/// What the polymorphic pseudo-types of one signature stand for in one call: all of the
/// `anyelement` family are one type (and the array of it), all of the `anycompatible` family the
/// common type of the arguments.
///
/// @param element of the `anyelement` family
/// @param compatible of the `anycompatible` family
record Polymorphism(
    List<SqlType> declared,
    List<SqlType> given,
    Optional<SqlType> element,
    Optional<SqlType> compatible) {

  static boolean isPolymorphic(SqlType type) {
    return switch (type.base()) {
      case ENUM -> type.isBuiltIn();
      case ANYELEMENT,
          ANYARRAY,
          ANYNONARRAY,
          ANYRANGE,
          ANYMULTIRANGE,
          ANYCOMPATIBLE,
          ANYCOMPATIBLEARRAY,
          ANYCOMPATIBLENONARRAY ->
          true;
      default -> false;
    };
  }

  private static boolean isEnum(SqlType declared) {
    return declared.base() == BaseType.ENUM && declared.isBuiltIn();
  }

  /// The element type of an array type; int2vector and oidvector count as arrays.
  static Optional<SqlType> elementOf(SqlType type) {
    if (type.array()) {
      return Optional.of(type.element());
    }
    return switch (type.base()) {
      case INT2VECTOR -> Optional.of(SqlType.INT2);
      case OIDVECTOR -> Optional.of(SqlType.OID);
      default -> Optional.empty();
    };
  }

  /// The type of the bounds of a range type, or of a multirange type, whichever is wanted.
  private static Optional<SqlType> boundOf(BaseType wanted, SqlType type) {
    if (type.array()) {
      return Optional.empty();
    }
    Optional<RangeFamily> family =
        wanted == BaseType.ANYRANGE
            ? RangeFamily.ofRange(type.base())
            : RangeFamily.ofMultirange(type.base());
    return family.map(found -> SqlType.of(found.subtype()));
  }

  /// Whether one choice of actual types fits all polymorphic arguments.
  static boolean isConsistent(
      List<SqlType> declared, List<SqlType> given, FunctionResolver resolver) {
    SqlType element = null;
    List<SqlType> compatible = new ArrayList<>();
    boolean elementNotArray = false;
    boolean compatibleNotArray = false;
    boolean elementIsEnum = false;
    for (int i = 0; i < declared.size(); i++) {
      SqlType actual = given.get(i);
      boolean unknown = actual.base() == BaseType.UNKNOWN && !actual.array();
      BaseType kind = declared.get(i).base();
      elementNotArray |= kind == BaseType.ANYNONARRAY;
      elementIsEnum |= isEnum(declared.get(i));
      compatibleNotArray |= kind == BaseType.ANYCOMPATIBLENONARRAY;
      if (unknown) {
        continue;
      }
      Optional<SqlType> elementOfActual = elementOf(actual);
      switch (kind) {
        case ANYARRAY, ANYCOMPATIBLEARRAY -> {
          if (elementOfActual.isEmpty()) {
            if (actual.base() != BaseType.ANYARRAY) {
              return false;
            }
            continue;
          }
          if (kind == BaseType.ANYCOMPATIBLEARRAY) {
            compatible.add(elementOfActual.get());
            continue;
          }
          if (element != null && !element.equals(elementOfActual.get())) {
            return false;
          }
          element = elementOfActual.get();
        }
        case ANYELEMENT, ANYNONARRAY -> {
          if (element != null && !element.equals(actual)) {
            return false;
          }
          element = actual;
        }
        case ENUM -> {
          if (actual.base() != BaseType.ENUM
              || actual.array()
              || (element != null && !element.equals(actual))) {
            return false;
          }
          element = actual;
        }
        case ANYRANGE, ANYMULTIRANGE -> {
          Optional<SqlType> bound = boundOf(kind, actual);
          if (bound.isEmpty() || (element != null && !element.equals(bound.get()))) {
            return false;
          }
          element = bound.get();
        }
        case ANYCOMPATIBLE, ANYCOMPATIBLENONARRAY -> compatible.add(actual);
        default -> {}
      }
    }
    if (elementIsEnum && element == null) {
      return false;
    }
    if (elementNotArray && element != null && elementOf(element).isPresent()) {
      return false;
    }
    if (compatible.isEmpty()) {
      return true;
    }
    Optional<SqlType> common = resolver.commonTypeIfAny(compatible);
    return common.isPresent() && !(compatibleNotArray && elementOf(common.get()).isPresent());
  }

  /// @throws QuiverException `42804` when the arguments do not say what a pseudo-type stands for
  static Polymorphism of(List<SqlType> declared, List<SqlType> given, FunctionResolver resolver) {
    SqlType element = null;
    boolean polymorphic = false;
    List<SqlType> compatible = new ArrayList<>();
    boolean anyCompatible = false;
    for (int i = 0; i < declared.size(); i++) {
      BaseType kind = declared.get(i).base();
      SqlType actual = given.get(i);
      boolean unknown = actual.base() == BaseType.UNKNOWN && !actual.array();
      switch (kind) {
        case ANYELEMENT, ANYNONARRAY, ENUM -> {
          polymorphic = true;
          element = unknown ? element : actual;
        }
        case ANYARRAY -> {
          polymorphic = true;
          element = unknown ? element : elementOf(actual).orElse(actual);
        }
        case ANYRANGE, ANYMULTIRANGE -> {
          polymorphic = true;
          element = unknown ? element : boundOf(kind, actual).orElse(actual);
        }
        case ANYCOMPATIBLE, ANYCOMPATIBLENONARRAY -> {
          anyCompatible = true;
          compatible.add(actual);
        }
        case ANYCOMPATIBLEARRAY -> {
          anyCompatible = true;
          compatible.add(unknown ? actual : elementOf(actual).orElse(actual));
        }
        default -> {}
      }
    }
    if (polymorphic && element == null) {
      throw new QuiverException(
          SqlState.DATATYPE_MISMATCH,
          "could not determine polymorphic type because input has type %s",
          "unknown");
    }
    Optional<SqlType> common =
        anyCompatible
            ? Optional.of(resolver.commonType(compatible, "anycompatible"))
            : Optional.empty();
    return new Polymorphism(declared, given, Optional.ofNullable(element), common);
  }

  /// What each argument is to be converted to.
  List<SqlType> actualTypes() {
    List<SqlType> types = new ArrayList<>();
    for (int i = 0; i < declared.size(); i++) {
      SqlType type = declared.get(i);
      boolean keeps =
          type.base() == BaseType.ANY
              || (type.base() == BaseType.ANYARRAY && isVectorArray(given.get(i)));
      types.add(keeps ? given.get(i) : actual(type));
    }
    return types;
  }

  private static boolean isVectorArray(SqlType type) {
    return type.base() == BaseType.INT2VECTOR || type.base() == BaseType.OIDVECTOR;
  }

  /// The actual type a declared one stands for.
  SqlType actual(SqlType type) {
    return switch (type.base()) {
      case ANYELEMENT, ANYNONARRAY, ENUM -> element.orElse(type);
      case ANYARRAY -> element.map(Polymorphism::arrayOf).orElse(type);
      case ANYRANGE -> family().map(family -> SqlType.of(family.range())).orElse(type);
      case ANYMULTIRANGE -> family().map(family -> SqlType.of(family.multirange())).orElse(type);
      case ANYCOMPATIBLE, ANYCOMPATIBLENONARRAY -> compatible.orElse(type);
      case ANYCOMPATIBLEARRAY -> compatible.map(Polymorphism::arrayOf).orElse(type);
      default -> type;
    };
  }

  /// The ranges whose bounds are of the element type.
  private Optional<RangeFamily> family() {
    return element
        .filter(type -> !type.array())
        .flatMap(type -> RangeFamily.ofSubtype(type.base()));
  }

  /// Arrays of arrays are arrays.
  private static SqlType arrayOf(SqlType element) {
    if (element.array() || element.base() == BaseType.ANYARRAY) {
      return element;
    }
    return element.arrayOf();
  }
}
