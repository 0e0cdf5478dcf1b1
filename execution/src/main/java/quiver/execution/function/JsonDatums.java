package quiver.execution.function;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.DateTimes;
import quiver.common.format.FormatSettings;
import quiver.common.format.TextFormat;
import quiver.common.format.TimeZones;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.JsonText;
import quiver.common.value.Jsonb;
import quiver.common.value.Numeric;
import quiver.common.value.RecordValue;

/// Datums as JSON, as `to_json` and `to_jsonb` make it.
public final class JsonDatums {
  private JsonDatums() {}

  private static boolean isNumber(BaseType type) {
    return switch (type) {
      case INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC -> true;
      default -> false;
    };
  }

  /// JSON text; `null` for NULL.
  public static String toJson(SqlType type, @Nullable Object datum, FormatSettings settings) {
    StringBuilder text = new StringBuilder();
    append(type, datum, settings, text);
    return text.toString();
  }

  static void append(
      SqlType type, @Nullable Object datum, FormatSettings settings, StringBuilder text) {
    if (datum == null) {
      text.append("null");
    } else if (datum instanceof ArrayValue array) {
      appendArray(elementOf(type, array), array, 0, 0, array.size(), settings, text, "");
    } else if (datum instanceof RecordValue record) {
      appendRecord(record.as(type), settings, text, "");
    } else if (type.base() == BaseType.BOOL) {
      text.append(datum);
    } else if (isNumber(type.base())) {
      String number = TextFormat.format(type, datum, settings);
      boolean finite = Character.isDigit(number.charAt(number.length() - 1));
      text.append(finite ? number : "\"" + number + "\"");
    } else if (type.base() == BaseType.JSON || type.base() == BaseType.JSONB) {
      text.append(datum);
    } else {
      JsonText.quote(scalarText(type, datum, settings), text);
    }
  }

  /// Dates and times in ISO 8601 with a `T`, everything else as its output function has it.
  static String scalarText(SqlType type, Object datum, FormatSettings settings) {
    return switch (type.base()) {
      case BOOL -> datum.toString();
      case DATE -> DateTimes.formatDate((Long) datum);
      case TIMESTAMP ->
          DateTimes.formatTimestamp((Long) datum).replace(' ', 'T').replace("TBC", " BC");
      case TIMESTAMPTZ -> isoTimestamp((Long) datum, settings);
      default -> TextFormat.format(type, datum, settings);
    };
  }

  private static String isoTimestamp(long micros, FormatSettings settings) {
    String text =
        DateTimes.formatTimestampWithZone(micros, settings.zone())
            .replace(' ', 'T')
            .replace("TBC", " BC");
    boolean wholeHours =
        !DateTimes.isInfinite(micros) && TimeZones.offsetAt(settings.zone(), micros) % 3600 == 0;
    if (!wholeHours) {
      return text;
    }
    return text.endsWith(" BC") ? text.substring(0, text.length() - 3) + ":00 BC" : text + ":00";
  }

  /// The type of an array's elements.
  static SqlType elementOf(SqlType type, ArrayValue array) {
    return type.elementOf(array.element());
  }

  static void appendArray(
      SqlType element,
      ArrayValue array,
      int dimension,
      int from,
      int count,
      FormatSettings settings,
      StringBuilder text,
      String lineBreak) {
    text.append('[');
    int length = array.dimensionCount() == 0 ? 0 : array.dimensions()[dimension];
    for (int i = 0; i < length; i++) {
      text.append(i == 0 ? "" : "," + lineBreak);
      if (dimension + 1 < array.dimensionCount()) {
        int step = count / length;
        appendArray(element, array, dimension + 1, from + i * step, step, settings, text, "");
      } else {
        append(element, array.elements()[from + i], settings, text);
      }
    }
    text.append(']');
  }

  static void appendRecord(
      RecordValue record, FormatSettings settings, StringBuilder text, String lineBreak) {
    text.append('{');
    for (int i = 0; i < record.size(); i++) {
      text.append(i == 0 ? "" : "," + lineBreak);
      JsonText.quote(record.names().get(i), text);
      text.append(':');
      append(record.types().get(i), record.values()[i], settings, text);
    }
    text.append('}');
  }

  /// The canonical form; JSON `null` for NULL.
  public static Jsonb toJsonb(SqlType type, @Nullable Object datum, FormatSettings settings) {
    if (datum == null) {
      return new Jsonb.Nil();
    }
    if (datum instanceof ArrayValue array) {
      return arrayToJsonb(elementOf(type, array), array, 0, 0, array.size(), settings);
    }
    if (datum instanceof RecordValue value) {
      RecordValue record = value.as(type);
      List<Jsonb.Field> fields = new ArrayList<>();
      for (int i = 0; i < record.size(); i++) {
        fields.add(
            new Jsonb.Field(
                record.names().get(i),
                toJsonb(record.types().get(i), record.values()[i], settings)));
      }
      return Jsonb.object(fields);
    }
    if (datum instanceof Jsonb json) {
      return json;
    }
    if (datum instanceof Boolean truth) {
      return new Jsonb.Bool(truth);
    }
    if (type.base() == BaseType.JSON) {
      return Jsonb.parse((String) datum);
    }
    if (isNumber(type.base())) {
      String text = TextFormat.format(type, datum, settings);
      return Character.isDigit(text.charAt(text.length() - 1))
          ? new Jsonb.Decimal(Numeric.of(text))
          : new Jsonb.Text(text);
    }
    return new Jsonb.Text(scalarText(type, datum, settings));
  }

  private static Jsonb arrayToJsonb(
      SqlType element,
      ArrayValue array,
      int dimension,
      int from,
      int count,
      FormatSettings settings) {
    List<Jsonb> items = new ArrayList<>();
    int length = array.dimensionCount() == 0 ? 0 : array.dimensions()[dimension];
    for (int i = 0; i < length; i++) {
      int step = count / length;
      items.add(
          dimension + 1 < array.dimensionCount()
              ? arrayToJsonb(element, array, dimension + 1, from + i * step, step, settings)
              : toJsonb(element, array.elements()[from + i], settings));
    }
    return new Jsonb.Items(items);
  }

  /// A datum as the key of an object.
  ///
  /// @throws QuiverException `22023` for arrays, records and JSON
  public static String toKey(SqlType type, Object datum, FormatSettings settings) {
    if (datum instanceof ArrayValue
        || datum instanceof RecordValue
        || type.base() == BaseType.JSON
        || type.base() == BaseType.JSONB) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "key value must be scalar, not array, composite, or json");
    }
    return scalarText(type, datum, settings);
  }
}
