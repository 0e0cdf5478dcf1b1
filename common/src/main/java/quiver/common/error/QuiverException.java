package quiver.common.error;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The one exception: a SQLSTATE, a message in PostgreSQL's wording, and the optional fields of an
/// ErrorResponse. Immutable; the `with…` methods return a copy that keeps the stack trace and
/// cause.
public final class QuiverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// The optional text fields of an ErrorResponse.
  public enum Field {
    DETAIL,
    HINT,
    WHERE,
    SCHEMA,
    TABLE,
    COLUMN,
    DATA_TYPE,
    CONSTRAINT
  }

  private final SqlState state;
  private final transient Map<Field, String> fields;
  private final int position;

  /// @param format printf format of the primary message, lower case, no full stop
  @FormatMethod
  public QuiverException(SqlState state, @FormatString String format, @Nullable Object... args) {
    this(
        state,
        args.length == 0 ? format.replace("%%", "%") : String.format(Locale.ROOT, format, args),
        null,
        new EnumMap<>(Field.class),
        0);
  }

  private QuiverException(
      SqlState state,
      String message,
      @Nullable Throwable cause,
      Map<Field, String> fields,
      int position) {
    super(message, cause);
    this.state = state;
    this.fields = fields;
    this.position = position;
  }

  /// An error whose message is already formatted (it may contain `%`).
  public static QuiverException ofMessage(SqlState state, String message) {
    return new QuiverException(state, message, null, new EnumMap<>(Field.class), 0);
  }

  /// The same error with `cause` kept for the log.
  public QuiverException withCause(Throwable cause) {
    return copy(cause, fields, position);
  }

  /// The same error with a DETAIL.
  public QuiverException withDetail(String detail) {
    return with(Field.DETAIL, detail);
  }

  /// The same error with a HINT.
  public QuiverException withHint(String hint) {
    return with(Field.HINT, hint);
  }

  /// The same error with one more field.
  public QuiverException with(Field field, String value) {
    Map<Field, String> more = new EnumMap<>(fields);
    more.put(field, value);
    return copy(getCause(), more, position);
  }

  /// The same error without a field.
  public QuiverException without(Field field) {
    Map<Field, String> less = new EnumMap<>(fields);
    less.remove(field);
    return copy(getCause(), less, position);
  }

  /// The same error pointing at a character of the statement.
  ///
  /// @param characterPosition 1-based, in characters (not bytes)
  public QuiverException at(int characterPosition) {
    return copy(getCause(), fields, characterPosition);
  }

  private QuiverException copy(
      @Nullable Throwable cause, Map<Field, String> newFields, int newPosition) {
    QuiverException copy = new QuiverException(state, message(), cause, newFields, newPosition);
    copy.setStackTrace(getStackTrace());
    return copy;
  }

  public SqlState state() {
    return state;
  }

  /// The primary message.
  public String message() {
    return String.valueOf(getMessage());
  }

  public Optional<String> field(Field field) {
    return Optional.ofNullable(fields.get(field));
  }

  /// 1-based character position in the statement, or 0 when the error has none.
  public int position() {
    return position;
  }
}
