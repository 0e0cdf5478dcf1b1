package quiver.execution.function;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.format.TextFormat;
import quiver.common.format.TypeModifiers;
import quiver.common.function.Coercion;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionResolver;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.RecordValue;

/// Conversions between types, modifiers included.
public final class Casts {
  /// Converts one datum that is not NULL.
  @FunctionalInterface
  public interface Conversion {
    @Nullable Object convert(FunctionContext context, Object datum);
  }

  private static final Set<BaseType> OIDS =
      Set.of(
          BaseType.OID,
          BaseType.REGPROC,
          BaseType.REGPROCEDURE,
          BaseType.REGOPER,
          BaseType.REGOPERATOR,
          BaseType.REGCLASS,
          BaseType.REGTYPE,
          BaseType.REGNAMESPACE,
          BaseType.REGROLE,
          BaseType.REGCOLLATION,
          BaseType.REGCONFIG,
          BaseType.REGDICTIONARY);

  private final ScalarFunctions functions;
  private final FunctionResolver resolver = new FunctionResolver(FunctionRegistry.standard());

  public Casts(ScalarFunctions functions) {
    this.functions = functions;
  }

  /// The conversion of a cast.
  ///
  /// @throws quiver.common.error.QuiverException `42846` if there is none
  public Conversion conversion(SqlType from, SqlType to, CastContext context) {
    SqlType source = from.withoutModifier();
    SqlType target = to.withoutModifier();
    Optional<Coercion> coercion = resolver.coercion(source, target, context);
    if (coercion.isEmpty() && context != CastContext.EXPLICIT) {
      // The planner has already decided that the cast is allowed.
      coercion = resolver.coercion(source, target, CastContext.EXPLICIT);
    }
    Coercion way = coercion.orElseGet(() -> resolver.requireCoercion(source, target, context));
    return conversion(from, to, way, context);
  }

  private Conversion conversion(SqlType from, SqlType to, Coercion way, CastContext context) {
    return switch (way.method()) {
      case BINARY -> withModifier(relabel(from, to), to, context);
      case INOUT -> withModifier(throughText(from, to), to, context);
      case FUNCTION -> byFunction(to, way.function().orElseThrow(), context);
      case ARRAY -> {
        Conversion element =
            conversion(elementOf(from), to.element(), way.elements().orElseThrow(), context);
        yield (functionContext, datum) -> elements(functionContext, datum, to.base(), element);
      }
    };
  }

  /// int2vector and oidvector are arrays too.
  private static SqlType elementOf(SqlType type) {
    if (type.array()) {
      return type.element();
    }
    return switch (type.base()) {
      case INT2VECTOR -> SqlType.INT2;
      case OIDVECTOR -> SqlType.OID;
      default -> type;
    };
  }

  private static ArrayValue elements(
      FunctionContext context, Object datum, BaseType type, Conversion element) {
    ArrayValue array = (ArrayValue) datum;
    @Nullable Object[] converted = new @Nullable Object[array.size()];
    for (int i = 0; i < converted.length; i++) {
      Object item = array.elements()[i];
      converted[i] = item == null ? null : element.convert(context, item);
    }
    return array.withElements(type, converted);
  }

  /// The value itself; integers and OIDs differ in sign only.
  private static Conversion relabel(SqlType from, SqlType to) {
    if (from.base() == BaseType.RECORD && to.base() == BaseType.RECORD) {
      return (_, datum) -> named(from, datum);
    }
    if (to.array() && from.base() != to.base()) {
      return (_, datum) ->
          ((ArrayValue) datum).withElements(to.base(), ((ArrayValue) datum).elements());
    }
    if (!to.array() && OIDS.contains(to.base()) && from.base() == BaseType.INT4) {
      return (_, datum) -> (Long) datum & 0xffff_ffffL;
    }
    if (!to.array() && to.base() == BaseType.INT4 && OIDS.contains(from.base())) {
      return (_, datum) -> (long) (int) (long) (Long) datum;
    }
    return (_, datum) -> datum;
  }

  /// Records that say themselves what they are, once their type no longer does.
  private static Object named(SqlType type, Object datum) {
    if (datum instanceof RecordValue record) {
      return record.as(type);
    }
    ArrayValue array = (ArrayValue) datum;
    @Nullable Object[] elements = new @Nullable Object[array.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = array.elements()[i] instanceof RecordValue record ? record.as(type) : null;
    }
    return array.withElements(BaseType.RECORD, elements);
  }

  private static Conversion throughText(SqlType from, SqlType to) {
    boolean fromText = isText(from);
    boolean toText = isText(to) && to.base() != BaseType.NAME;
    if (fromText && toText) {
      return (_, datum) -> datum;
    }
    if (fromText) {
      return (context, datum) -> TextFormat.parse(to, (String) datum, context.format());
    }
    if (toText) {
      return (context, datum) -> TextFormat.format(from, datum, context.format());
    }
    return (context, datum) ->
        TextFormat.parse(to, TextFormat.format(from, datum, context.format()), context.format());
  }

  private static boolean isText(SqlType type) {
    if (type.array()) {
      return false;
    }
    return switch (type.base()) {
      case TEXT, VARCHAR, BPCHAR, NAME, UNKNOWN, CSTRING -> true;
      default -> false;
    };
  }

  private static Conversion withModifier(Conversion conversion, SqlType to, CastContext context) {
    if (to.modifier() < 0) {
      return conversion;
    }
    return (functionContext, datum) -> {
      Object converted = conversion.convert(functionContext, datum);
      return converted == null ? null : TypeModifiers.apply(to, converted, context);
    };
  }

  private Conversion byFunction(SqlType to, FunctionSignature function, CastContext context) {
    ScalarFunction implementation =
        functions.scalar(function, function.arguments(), function.result());
    int count = function.arguments().size();
    Long modifier = (long) to.modifier();
    Boolean explicit = context == CastContext.EXPLICIT;
    Conversion call =
        (functionContext, datum) -> {
          @Nullable Object[] arguments = new @Nullable Object[count];
          arguments[0] = datum;
          if (count > 1) {
            arguments[1] = modifier;
          }
          if (count > 2) {
            arguments[2] = explicit;
          }
          return implementation.call(functionContext, arguments);
        };
    return count == 1 ? withModifier(call, to, context) : call;
  }
}
