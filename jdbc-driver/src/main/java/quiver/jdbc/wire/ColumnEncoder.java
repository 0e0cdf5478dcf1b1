package quiver.jdbc.wire;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;
import quiver.jdbc.vector.BitVector;
import quiver.jdbc.vector.HalfVector;
import quiver.jdbc.vector.VectorText;

/// Writes the values of a column in binary exactly as an INSERT would have stored them. Whatever it
/// is not sure of it leaves to INSERT.
public enum ColumnEncoder {
  BOOL(16, "bool", "boolean") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (value instanceof Boolean flag) {
        out.field(1).put((byte) (flag ? 1 : 0));
        return true;
      }
      return false;
    }
  },
  INT2(21, "int2", "smallint") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (isInteger(value) && ((Number) value).longValue() == ((Number) value).shortValue()) {
        out.field(2).putShort(((Number) value).shortValue());
        return true;
      }
      return false;
    }
  },
  INT4(23, "int4", "int", "integer") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (isInteger(value) && ((Number) value).longValue() == ((Number) value).intValue()) {
        out.field(4).putInt(((Number) value).intValue());
        return true;
      }
      return false;
    }
  },
  INT8(20, "int8", "bigint") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (isInteger(value)) {
        out.field(8).putLong(((Number) value).longValue());
        return true;
      }
      return false;
    }
  },
  FLOAT4(700, "float4", "real") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (!isInteger(value) && !(value instanceof Float) && !(value instanceof Double)) {
        return false;
      }
      double exact = ((Number) value).doubleValue();
      float number = ((Number) value).floatValue();
      // Too large or too small a number is an error of the cast.
      if (Float.isInfinite(number) != Double.isInfinite(exact) || (number == 0 && exact != 0)) {
        return false;
      }
      out.field(4).putFloat(number);
      return true;
    }
  },
  FLOAT8(701, "float8") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (!isInteger(value) && !(value instanceof Float) && !(value instanceof Double)) {
        return false;
      }
      out.field(8).putDouble(((Number) value).doubleValue());
      return true;
    }
  },
  NUMERIC(1700, "numeric", "decimal") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (value instanceof BigDecimal || isInteger(value)) {
        BigDecimal number =
            value instanceof BigDecimal decimal
                ? decimal
                : BigDecimal.valueOf(((Number) value).longValue());
        return NumericBinary.put(number, out);
      }
      return false;
    }
  },
  TEXT(25, "text") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      return putString(value, out);
    }
  },
  VARCHAR(1043, "varchar") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      return putString(value, out);
    }
  },
  BPCHAR(1042, "bpchar", "char", "character") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      return putString(value, out);
    }
  },
  BYTEA(17, "bytea") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (value instanceof byte[] bytes) {
        out.field(bytes.length).put(bytes);
        return true;
      }
      return false;
    }
  },
  UUID_TYPE(2950, "uuid") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (value instanceof UUID uuid) {
        out.field(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits());
        return true;
      }
      return false;
    }
  },
  JSON(114, "json") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      String text = untypedText(value, isUntyped, "json");
      if (text == null) {
        return false;
      }
      out.putText(text);
      return true;
    }
  },
  JSONB(3802, "jsonb") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      String text = untypedText(value, isUntyped, "jsonb");
      if (text == null) {
        return false;
      }
      byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      out.field(1 + bytes.length).put((byte) 1).put(bytes);
      return true;
    }
  },
  DATE(1082, "date") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      LocalDate date =
          value instanceof LocalDate local
              ? local
              : value instanceof Date old ? old.toLocalDate() : null;
      if (date == null || !isPlainYear(date.getYear())) {
        return false;
      }
      out.field(4).putInt((int) (date.toEpochDay() - EPOCH_DAY));
      return true;
    }
  },
  TIME(1083, "time") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (value instanceof LocalTime time && time.toNanoOfDay() % NANOS_PER_MICRO == 0) {
        out.field(8).putLong(time.toNanoOfDay() / NANOS_PER_MICRO);
        return true;
      }
      return false;
    }
  },
  TIMESTAMP(1114, "timestamp") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      LocalDateTime time =
          value instanceof LocalDateTime local
              ? local
              : value instanceof Timestamp old ? old.toLocalDateTime() : null;
      return time != null && putInstant(time.toInstant(ZoneOffset.UTC), time.getYear(), out);
    }
  },
  TIMESTAMPTZ(1184, "timestamptz") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      Instant time =
          value instanceof OffsetDateTime moment
              ? moment.toInstant()
              : value instanceof Timestamp old ? old.toInstant() : null;
      return time != null && putInstant(time, time.atOffset(ZoneOffset.UTC).getYear(), out);
    }
  },
  VECTOR(VectorTypes.VECTOR_OID, "vector") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (value instanceof VectorObject vector) {
        return putBinary(vector, out);
      }
      if (value instanceof float[] numbers) {
        return putBinary(new VectorObject(numbers), out);
      }
      String text = untypedText(value, isUntyped, "vector");
      // Only what every reader of numbers reads alike.
      if (text == null || !text.matches("\\[[-+.,0-9eE ]+]")) {
        return false;
      }
      try {
        return putBinary(new VectorObject(VectorText.parse(text)), out);
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
  },
  HALFVEC(VectorTypes.HALFVEC_OID, "halfvec") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      if (value instanceof HalfVectorObject vector) {
        return putBinary(vector, out);
      }
      float[] numbers =
          value instanceof VectorObject vector
              ? vector.toJava()
              : value instanceof float[] array ? array : null;
      return numbers != null && putBinary(new HalfVectorObject(HalfVector.of(numbers)), out);
    }
  },
  SPARSEVEC(VectorTypes.SPARSEVEC_OID, "sparsevec") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      return value instanceof SparseVectorObject vector && putBinary(vector, out);
    }
  },
  BIT(1560, "bit") {
    @Override
    boolean put(Object value, boolean isUntyped, CopyBuffer out) {
      String text = untypedText(value, false, "bit");
      if (text == null) {
        return false;
      }
      try {
        BitVector bits = BitVector.parse(text);
        byte[] bytes = bits.toBytes();
        out.field(4 + bytes.length).putInt(bits.length()).put(bytes);
        return true;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
  };

  private static final long EPOCH_DAY = LocalDate.of(2000, 1, 1).toEpochDay();
  private static final long EPOCH_SECOND = EPOCH_DAY * 86_400;
  private static final int NANOS_PER_MICRO = 1_000;
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final int oid;
  private final String names;

  ColumnEncoder(int oid, String... names) {
    this.oid = oid;
    this.names = " " + String.join(" ", names) + " ";
  }

  /// The encoder of a type; null if its values cannot be sent.
  public static @Nullable ColumnEncoder of(long oid) {
    for (ColumnEncoder encoder : values()) {
      if (encoder.oid == oid) {
        return encoder;
      }
    }
    return null;
  }

  /// Whether a cast to a type of this name changes nothing.
  public boolean isNamed(String typeName) {
    return names.contains(" " + typeName + " ");
  }

  /// Writes a field.
  ///
  /// @param isUntyped whether a text is read as the column's type, as a literal is
  /// @return whether it was written; if not, the COPY has to be given up
  public boolean encode(@Nullable Object value, boolean isUntyped, CopyBuffer out) {
    if (value == null) {
      out.putNull();
      return true;
    }
    return put(value, isUntyped, out);
  }

  abstract boolean put(Object value, boolean isUntyped, CopyBuffer out);

  private static boolean isInteger(Object value) {
    return value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte;
  }

  private static boolean putString(Object value, CopyBuffer out) {
    if (value instanceof String text) {
      out.putText(text);
      return true;
    }
    return false;
  }

  private static @Nullable String untypedText(Object value, boolean isUntyped, String type) {
    return value instanceof String text && isUntyped
        ? text
        : value instanceof PGobject object && type.equals(object.getType())
            ? object.getValue()
            : null;
  }

  private static boolean putBinary(BinaryObject object, CopyBuffer out) {
    ByteBuffer field = out.field(object.lengthInBytes());
    object.write(field);
    return true;
  }

  /// Calendars agree about these years.
  private static boolean isPlainYear(int year) {
    return year > 1_600 && year < 10_000;
  }

  private static boolean putInstant(Instant time, int year, CopyBuffer out) {
    if (!isPlainYear(year)) {
      return false;
    }
    // Rounds as pgjdbc does.
    long micros = ((long) time.getNano() + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO;
    out.field(8).putLong((time.getEpochSecond() - EPOCH_SECOND) * MICROS_PER_SECOND + micros);
    return true;
  }
}
