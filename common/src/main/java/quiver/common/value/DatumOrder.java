package quiver.common.value;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.text.TextOrder;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// Order, equality and hash of the datums of one type, as PostgreSQL's default btree and hash
/// operator classes have them: NaN is equal to itself and above every number, text goes by code
/// point (the `C` collation), trailing spaces of `character(n)` do not count.
///
/// `hash` agrees with `compare(a, b) == 0`. Neither takes NULL; the callers decide where NULL goes.
public final class DatumOrder implements Comparator<Object> {
  private enum Rule {
    BOOLEAN,
    LONG,
    DOUBLE,
    TEXT,
    PADDED_TEXT,
    UUID,
    VECTOR,
    COMPARABLE,
    NONE
  }

  private static final Map<BaseType, DatumOrder> SCALARS = new EnumMap<>(BaseType.class);
  private static final DatumOrder ARRAYS = new DatumOrder("array", Rule.COMPARABLE);

  static {
    for (BaseType type : BaseType.values()) {
      SCALARS.put(type, new DatumOrder(type.sqlName(), rule(type)));
    }
  }

  private final String typeName;
  private final Rule rule;

  private DatumOrder(String typeName, Rule rule) {
    this.typeName = typeName;
    this.rule = rule;
  }

  public static DatumOrder of(SqlType type) {
    return type.array() ? ARRAYS : of(type.base());
  }

  /// The order of scalars of this type.
  public static DatumOrder of(BaseType type) {
    DatumOrder order = SCALARS.get(type);
    if (order == null) {
      throw new IllegalStateException(type.name());
    }
    return order;
  }

  /// Whether values of the type can be compared for order.
  public static boolean isOrdered(SqlType type) {
    return of(type).rule != Rule.NONE;
  }

  private static Rule rule(BaseType type) {
    return switch (type) {
      case BOOL -> Rule.BOOLEAN;
      case ENUM,
          INT2,
          INT4,
          INT8,
          OID,
          XID,
          CID,
          TID,
          REGPROC,
          REGPROCEDURE,
          REGOPER,
          REGOPERATOR,
          REGCLASS,
          REGTYPE,
          REGNAMESPACE,
          REGROLE,
          REGCOLLATION,
          REGCONFIG,
          REGDICTIONARY,
          PG_LSN,
          XID8,
          MONEY,
          MACADDR,
          DATE,
          TIME,
          TIMESTAMP,
          TIMESTAMPTZ ->
          Rule.LONG;
      case FLOAT4, FLOAT8 -> Rule.DOUBLE;
      case TEXT, VARCHAR, NAME, CHAR, UNKNOWN, CSTRING, REFCURSOR, ACLITEM, PG_NODE_TREE ->
          Rule.TEXT;
      case BPCHAR -> Rule.PADDED_TEXT;
      case UUID -> Rule.UUID;
      case VECTOR -> Rule.VECTOR;
      case NUMERIC,
          JSONB,
          BYTEA,
          INTERVAL,
          TIMETZ,
          HALFVEC,
          SPARSEVEC,
          BIT,
          VARBIT,
          RECORD,
          TSVECTOR,
          TSQUERY,
          INET,
          CIDR,
          HSTORE,
          INT4RANGE,
          NUMRANGE,
          TSRANGE,
          TSTZRANGE,
          DATERANGE,
          INT8RANGE,
          INT4MULTIRANGE,
          NUMMULTIRANGE,
          TSMULTIRANGE,
          TSTZMULTIRANGE,
          DATEMULTIRANGE,
          INT8MULTIRANGE,
          INT2VECTOR,
          OIDVECTOR ->
          Rule.COMPARABLE;
      case JSON,
          JSONPATH,
          ANY,
          ANYARRAY,
          ANYELEMENT,
          ANYNONARRAY,
          ANYRANGE,
          ANYMULTIRANGE,
          ANYCOMPATIBLE,
          ANYCOMPATIBLEARRAY,
          ANYCOMPATIBLENONARRAY,
          VOID,
          TRIGGER,
          INTERNAL ->
          Rule.NONE;
    };
  }

  @Override
  @SuppressWarnings("unchecked")
  public int compare(Object left, Object right) {
    return switch (rule) {
      case BOOLEAN -> Boolean.compare((Boolean) left, (Boolean) right);
      case LONG -> Long.compare((Long) left, (Long) right);
      case DOUBLE -> compareDoubles((Double) left, (Double) right);
      case TEXT -> compareText((String) left, (String) right);
      case PADDED_TEXT ->
          compareText(withoutPadding((String) left), withoutPadding((String) right));
      case UUID -> compareUuids((UUID) left, (UUID) right);
      case VECTOR -> compareVectors((float[]) left, (float[]) right);
      case COMPARABLE -> ((Comparable<Object>) left).compareTo(right);
      case NONE ->
          throw new QuiverException(
                  SqlState.UNDEFINED_FUNCTION,
                  "could not identify an ordering operator for type %s",
                  typeName)
              .withHint("Use an explicit ordering operator or modify the query.");
    };
  }

  /// As [#compare], with NULL equal to NULL and above everything else.
  public int compareNullsLast(@Nullable Object left, @Nullable Object right) {
    if (left == null || right == null) {
      return left != null ? -1 : right != null ? 1 : 0;
    }
    return compare(left, right);
  }

  /// SQL equality of two values that are not NULL.
  public boolean equal(Object left, Object right) {
    return switch (rule) {
      case TEXT -> left.equals(right);
      case LONG -> ((Long) left).longValue() == ((Long) right).longValue();
      case COMPARABLE -> left.equals(right);
      default -> compare(left, right) == 0;
    };
  }

  /// A hash that is equal for values that are [#equal].
  public int hash(Object value) {
    return switch (rule) {
      case DOUBLE -> Double.hashCode((Double) value + 0.0);
      case PADDED_TEXT -> withoutPadding((String) value).hashCode();
      case VECTOR -> hashVector((float[]) value);
      case NONE ->
          throw new QuiverException(
              SqlState.UNDEFINED_FUNCTION,
              "could not identify a hash function for type %s",
              typeName);
      default -> value.hashCode();
    };
  }

  /// NaN above everything, the two zeros equal.
  public static int compareDoubles(double left, double right) {
    if (left < right) {
      return -1;
    }
    if (left > right) {
      return 1;
    }
    if (left == right) {
      return 0;
    }
    return Boolean.compare(Double.isNaN(left), Double.isNaN(right));
  }

  /// By code point ([TextOrder]).
  public static int compareText(String left, String right) {
    return TextOrder.compare(left, right);
  }

  /// `text` without the trailing spaces that `character(n)` adds and comparisons ignore.
  public static String withoutPadding(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  /// As unsigned bytes; `UUID.compareTo` is signed.
  public static int compareUuids(UUID left, UUID right) {
    int high = Long.compareUnsigned(left.getMostSignificantBits(), right.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(left.getLeastSignificantBits(), right.getLeastSignificantBits());
  }

  /// Element by element, the shorter prefix first, as pgvector compares.
  public static int compareVectors(float[] left, float[] right) {
    int common = Math.min(left.length, right.length);
    for (int i = 0; i < common; i++) {
      if (left[i] != right[i]) {
        return left[i] < right[i] ? -1 : 1;
      }
    }
    return Integer.compare(left.length, right.length);
  }

  private static int hashVector(float[] vector) {
    float[] normalized = new float[vector.length];
    for (int i = 0; i < vector.length; i++) {
      normalized[i] = vector[i] + 0f;
    }
    return Arrays.hashCode(normalized);
  }
}
