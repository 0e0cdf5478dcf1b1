package quiver.common.type;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Type names of SQL: `character varying(20)` to a [SqlType] and back.
public final class TypeNames {
  private static final int VARCHAR_LENGTH_MAX = 10_485_760;
  private static final int BIT_LENGTH_MAX = 83_886_080;
  private static final int NUMERIC_PRECISION_MAX = 1000;
  private static final int VECTOR_DIMENSION_MAX = 16_000;
  private static final int SPARSE_DIMENSION_MAX = 1_000_000_000;

  /// Precision of times: microseconds.
  private static final int TIME_PRECISION_MAX = 6;

  /// An interval modifier holds the fields in its upper and the precision in its lower 16 bits.
  private static final int INTERVAL_FULL_RANGE = 0x7fff;

  private static final int INTERVAL_FULL_PRECISION = 0xffff;

  /// Types that can be used without being in `pg_catalog`: those of extensions.
  private static final Set<BaseType> PUBLIC_TYPES =
      Set.of(BaseType.VECTOR, BaseType.HALFVEC, BaseType.SPARSEVEC, BaseType.HSTORE);

  private static final Map<String, BaseType> KEYWORDS =
      Map.ofEntries(
          Map.entry("int", BaseType.INT4),
          Map.entry("integer", BaseType.INT4),
          Map.entry("smallint", BaseType.INT2),
          Map.entry("bigint", BaseType.INT8),
          Map.entry("boolean", BaseType.BOOL),
          Map.entry("real", BaseType.FLOAT4),
          Map.entry("float", BaseType.FLOAT8),
          Map.entry("double", BaseType.FLOAT8),
          Map.entry("double precision", BaseType.FLOAT8),
          Map.entry("decimal", BaseType.NUMERIC),
          Map.entry("dec", BaseType.NUMERIC),
          Map.entry("character", BaseType.BPCHAR),
          Map.entry("char", BaseType.BPCHAR),
          Map.entry("nchar", BaseType.BPCHAR),
          Map.entry("national char", BaseType.BPCHAR),
          Map.entry("national character", BaseType.BPCHAR),
          Map.entry("char varying", BaseType.VARCHAR),
          Map.entry("character varying", BaseType.VARCHAR),
          Map.entry("national char varying", BaseType.VARCHAR),
          Map.entry("national character varying", BaseType.VARCHAR),
          Map.entry("nchar varying", BaseType.VARCHAR),
          Map.entry("bit varying", BaseType.VARBIT),
          Map.entry("time without time zone", BaseType.TIME),
          Map.entry("time with time zone", BaseType.TIMETZ),
          Map.entry("timestamp without time zone", BaseType.TIMESTAMP),
          Map.entry("timestamp with time zone", BaseType.TIMESTAMPTZ));

  private static final Map<String, Integer> INTERVAL_FIELDS =
      Map.ofEntries(
          Map.entry("year", 4),
          Map.entry("month", 2),
          Map.entry("day", 8),
          Map.entry("hour", 1024),
          Map.entry("minute", 2048),
          Map.entry("second", 4096),
          Map.entry("year to month", 4 | 2),
          Map.entry("day to hour", 8 | 1024),
          Map.entry("day to minute", 8 | 1024 | 2048),
          Map.entry("day to second", 8 | 1024 | 2048 | 4096),
          Map.entry("hour to minute", 1024 | 2048),
          Map.entry("hour to second", 1024 | 2048 | 4096),
          Map.entry("minute to second", 2048 | 4096));

  private TypeNames() {}

  /// The type a name stands for.
  ///
  /// @param schema as written before the dot; keywords (`integer`, `character varying`) have none
  /// @param name unquoted names in lower case; several words with one space between them, as in
  ///   `timestamp with time zone` or `interval day to second`. A quoted `"char"` comes as `"char"`,
  ///   quotes included; without them it is `character(1)`
  /// @param modifiers as written between the parentheses
  /// @param arrayDimensions how many pairs of brackets follow
  /// @throws QuiverException `42704` unknown name, `22023` bad modifier
  public static SqlType resolve(
      Optional<String> schema, String name, List<String> modifiers, int arrayDimensions) {
    Optional<BaseType> keyword =
        schema.isEmpty() ? Optional.ofNullable(KEYWORDS.get(name)) : Optional.empty();
    if (schema.isEmpty() && name.startsWith("interval")) {
      return shaped(
          SqlType.of(BaseType.INTERVAL, intervalModifier(name, modifiers)), arrayDimensions);
    }
    if (keyword.isPresent()) {
      return shaped(ofKeyword(name, keyword.get(), modifiers), arrayDimensions);
    }
    checkSchema(schema, name);
    boolean array = name.startsWith("_") && name.length() > 1;
    String baseName = name.equals("\"char\"") ? "char" : array ? name.substring(1) : name;
    BaseType base =
        BaseType.byTypeName(baseName)
            .filter(type -> baseName.equals(type.typeName()))
            .filter(type -> !array || type.arrayOid() != 0)
            .filter(type -> isIn(schema, type))
            .orElseThrow(() -> unknown(schema, name));
    SqlType type = SqlType.of(base, modifier(base, name, modifiers));
    return shaped(type, array ? 1 : arrayDimensions);
  }

  private static void checkSchema(Optional<String> schema, String name) {
    if (schema.isPresent()
        && !schema.get().equals("pg_catalog")
        && !schema.get().equals("public")) {
      throw schema.get().equals("information_schema")
          ? unknown(schema, name)
          : new QuiverException(
              SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema.get());
    }
  }

  private static boolean isIn(Optional<String> schema, BaseType type) {
    return schema.isEmpty() || schema.get().equals("public") == PUBLIC_TYPES.contains(type);
  }

  private static QuiverException unknown(Optional<String> schema, String name) {
    return new QuiverException(
        SqlState.UNDEFINED_OBJECT,
        "type \"%s\" does not exist",
        schema.map(s -> s + "." + name).orElse(name));
  }

  private static SqlType shaped(SqlType type, int arrayDimensions) {
    if (arrayDimensions == 0) {
      return type;
    }
    return type.arrayOf();
  }

  private static SqlType ofKeyword(String name, BaseType base, List<String> modifiers) {
    if (name.equals("float") && !modifiers.isEmpty()) {
      int precision = integer(modifiers.getFirst());
      if (precision < 1) {
        throw new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE, "precision for type float must be at least 1 bit");
      }
      if (precision > 53) {
        throw new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE, "precision for type float must be less than 54 bits");
      }
      return precision <= 24 ? SqlType.FLOAT4 : SqlType.FLOAT8;
    }
    if (base == BaseType.BPCHAR && modifiers.isEmpty()) {
      return SqlType.of(base, 4 + 1);
    }
    return SqlType.of(base, modifier(base, name, modifiers));
  }

  private static int integer(String modifier) {
    try {
      return Integer.parseInt(modifier.strip());
    } catch (NumberFormatException e) {
      throw new QuiverException(
              SqlState.INVALID_TEXT_REPRESENTATION,
              "invalid input syntax for type %s: \"%s\"",
              "integer",
              modifier)
          .withCause(e);
    }
  }

  private static int modifier(BaseType base, String name, List<String> modifiers) {
    if (modifiers.isEmpty()) {
      return name.equals("bit") && base == BaseType.BIT ? 1 : SqlType.NO_MODIFIER;
    }
    return switch (base) {
      case VARCHAR -> 4 + length("varchar", VARCHAR_LENGTH_MAX, modifiers);
      case BPCHAR -> 4 + length("char", VARCHAR_LENGTH_MAX, modifiers);
      case BIT -> length("bit", BIT_LENGTH_MAX, modifiers);
      case VARBIT -> length("varbit", BIT_LENGTH_MAX, modifiers);
      case NUMERIC -> numericModifier(modifiers);
      case TIME, TIMETZ -> timePrecision("TIME", base, modifiers);
      case TIMESTAMP, TIMESTAMPTZ -> timePrecision("TIMESTAMP", base, modifiers);
      case INTERVAL -> intervalModifier("interval", modifiers);
      case VECTOR, HALFVEC -> dimensions(base, VECTOR_DIMENSION_MAX, modifiers);
      case SPARSEVEC -> dimensions(base, SPARSE_DIMENSION_MAX, modifiers);
      default ->
          throw new QuiverException(
              SqlState.SYNTAX_ERROR,
              "type modifier is not allowed for type \"%s\"",
              base.typeName());
    };
  }

  private static int single(List<String> modifiers) {
    if (modifiers.size() != 1) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "invalid type modifier");
    }
    return integer(modifiers.getFirst());
  }

  private static int length(String type, int max, List<String> modifiers) {
    int length = single(modifiers);
    if (length < 1) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "length for type %s must be at least 1", type);
    }
    if (length > max) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "length for type %s cannot exceed %d", type, max);
    }
    return length;
  }

  private static int dimensions(BaseType type, int max, List<String> modifiers) {
    int dimensions = single(modifiers);
    if (dimensions < 1) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "dimensions for type %s must be at least 1",
          type.typeName());
    }
    if (dimensions > max) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "dimensions for type %s cannot exceed %d",
          type.typeName(),
          max);
    }
    return dimensions;
  }

  private static int numericModifier(List<String> modifiers) {
    if (modifiers.size() > 2) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "invalid NUMERIC type modifier");
    }
    int precision = integer(modifiers.getFirst());
    if (precision < 1 || precision > NUMERIC_PRECISION_MAX) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "NUMERIC precision %d must be between 1 and %d",
          precision,
          NUMERIC_PRECISION_MAX);
    }
    int scale = modifiers.size() == 2 ? integer(modifiers.get(1)) : 0;
    if (scale < -NUMERIC_PRECISION_MAX || scale > NUMERIC_PRECISION_MAX) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "NUMERIC scale %d must be between -%d and %d",
          scale,
          NUMERIC_PRECISION_MAX,
          NUMERIC_PRECISION_MAX);
    }
    return ((precision << 16) | (scale & 0x7ff)) + 4;
  }

  /// Digits before and after the point together that `numeric(p,s)` allows.
  public static int numericPrecision(int modifier) {
    return (modifier - 4) >>> 16;
  }

  /// Digits after the point of `numeric(p,s)`, possibly negative.
  public static int numericScale(int modifier) {
    return (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  }

  private static int timePrecision(String name, BaseType type, List<String> modifiers) {
    int precision = single(modifiers);
    if (precision < 0) {
      boolean zoned = type == BaseType.TIMETZ || type == BaseType.TIMESTAMPTZ;
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "%s(%d)%s precision must not be negative",
          name,
          precision,
          zoned ? " WITH TIME ZONE" : "");
    }
    return Math.min(precision, TIME_PRECISION_MAX);
  }

  private static int intervalModifier(String name, List<String> modifiers) {
    String fields = name.substring("interval".length()).strip();
    if (fields.isEmpty() && modifiers.isEmpty()) {
      return SqlType.NO_MODIFIER;
    }
    Integer mask =
        fields.isEmpty() ? Integer.valueOf(INTERVAL_FULL_RANGE) : INTERVAL_FIELDS.get(fields);
    if (mask == null) {
      throw unknown(Optional.empty(), name);
    }
    int precision = INTERVAL_FULL_PRECISION;
    if (!modifiers.isEmpty()) {
      precision = single(modifiers);
      if (precision < 0) {
        throw new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE,
            "INTERVAL(%d) precision must not be negative",
            precision);
      }
      precision = Math.min(precision, TIME_PRECISION_MAX);
    }
    return (mask << 16) | precision;
  }

  /// The fields an interval modifier allows, as bits (month 2, year 4, day 8, hour 1024, minute
  /// 2048, second 4096), 0x7fff for all.
  public static int intervalFields(int modifier) {
    return modifier < 0 ? INTERVAL_FULL_RANGE : modifier >>> 16;
  }

  /// Digits of the second's fraction an interval modifier keeps.
  public static int intervalPrecision(int modifier) {
    int precision = modifier & 0xffff;
    return modifier < 0 || precision == INTERVAL_FULL_PRECISION ? TIME_PRECISION_MAX : precision;
  }

  /// The type as `pg_catalog.format_type` writes it, for example `character varying(20)`,
  /// `timestamp(3) with time zone`, `vector(3)[]`.
  public static String formatType(SqlType type) {
    if (!type.isBuiltIn()) {
      return type.fullName();
    }
    String scalar = formatScalar(type.base(), type.modifier());
    return type.array() ? scalar + "[]" : scalar;
  }

  private static String formatScalar(BaseType base, int modifier) {
    if (modifier < 0) {
      return switch (base) {
        case BPCHAR -> "bpchar";
        case BIT -> "\"bit\"";
        default -> base.sqlName();
      };
    }
    return switch (base) {
      case VARCHAR, BPCHAR -> base.sqlName() + "(" + (modifier - 4) + ")";
      case NUMERIC -> "numeric(" + numericPrecision(modifier) + "," + numericScale(modifier) + ")";
      case TIME -> "time(" + modifier + ") without time zone";
      case TIMETZ -> "time(" + modifier + ") with time zone";
      case TIMESTAMP -> "timestamp(" + modifier + ") without time zone";
      case TIMESTAMPTZ -> "timestamp(" + modifier + ") with time zone";
      case INTERVAL -> formatInterval(modifier);
      default -> base.sqlName() + "(" + modifier + ")";
    };
  }

  private static String formatInterval(int modifier) {
    int mask = intervalFields(modifier);
    int precision = modifier & 0xffff;
    String fields =
        INTERVAL_FIELDS.entrySet().stream()
            .filter(entry -> entry.getValue() == mask)
            .map(entry -> " " + entry.getKey())
            .findFirst()
            .orElse("");
    return "interval"
        + fields
        + (precision == INTERVAL_FULL_PRECISION ? "" : "(" + precision + ")");
  }
}
