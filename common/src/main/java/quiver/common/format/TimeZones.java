package quiver.common.format;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Time zones by name and abbreviation, and local times in them, by PostgreSQL's rules.
public final class TimeZones {
  private static final class Tables {
    private static final List<String[]> ROWS = rows();

    static final Map<String, NamedZone> ABBREVIATIONS =
        ROWS.stream().collect(Collectors.toUnmodifiableMap(row -> row[0], Tables::abbreviated));
    static final Set<String> SUMMER =
        ROWS.stream()
            .filter(row -> row.length > 2)
            .map(row -> row[0])
            .collect(Collectors.toUnmodifiableSet());
    static final Map<String, String> NAMES = names();

    private static NamedZone abbreviated(String[] row) {
      return Character.isLetter(row[1].charAt(0))
          ? new NamedZone(ZoneId.of(row[1]), row[0].toUpperCase(Locale.ROOT))
          : NamedZone.of(ZoneOffset.ofTotalSeconds(Integer.parseInt(row[1])));
    }

    private static List<String[]> rows() {
      InputStream stream = TimeZones.class.getResourceAsStream("timezones.txt");
      if (stream == null) {
        throw new IllegalStateException("resource missing: timezones.txt");
      }
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        return reader
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split(" ", -1))
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Map<String, String> names() {
      Map<String, String> table = new HashMap<>();
      for (String id : ZoneId.getAvailableZoneIds()) {
        if (!id.startsWith("SystemV/")) {
          table.put(id.toLowerCase(Locale.ROOT), id);
        }
      }
      return Map.copyOf(table);
    }
  }

  /// The abbreviations, in lower case, with what they name.
  public static Map<String, NamedZone> abbreviations() {
    return Tables.ABBREVIATIONS;
  }

  /// Whether an abbreviation, in lower case, is of a summer time at an instant.
  public static boolean isSummer(String abbreviation, long micros) {
    NamedZone named = Tables.ABBREVIATIONS.get(abbreviation);
    return Tables.SUMMER.contains(abbreviation)
        || (named != null && named.zone().getRules().isDaylightSavings(instant(micros)));
  }

  /// Largest displacement from UTC, exclusive (PostgreSQL's MAX_TZDISP_HOUR + 1).
  static final int DISPLACEMENT_HOURS_MAX = 16;

  private static final Pattern POSIX_DISPLACEMENT =
      Pattern.compile("([+-]?)([0-9]{1,3})(?::([0-5]?[0-9]))?(?::([0-5]?[0-9]))?");

  private TimeZones() {}

  /// What an abbreviation such as `pst`, in lower case, names.
  static Optional<NamedZone> abbreviation(String lowerCase) {
    return Optional.ofNullable(Tables.ABBREVIATIONS.get(lowerCase));
  }

  /// The zone of a full name such as `america/new_york`, in any case.
  public static Optional<ZoneId> byName(String name) {
    return Optional.ofNullable(Tables.NAMES.get(name.toLowerCase(Locale.ROOT))).map(ZoneId::of);
  }

  /// A zone as `AT TIME ZONE` takes it: a name, an abbreviation, a displacement (`+05:30`, east
  /// positive), or a POSIX form (`EST5`, `<+05>-5`: west positive).
  ///
  /// @throws QuiverException `22023` when it is none of them
  public static NamedZone resolve(String text) {
    return abbreviation(text.strip().toLowerCase(Locale.ROOT))
        .orElseGet(() -> NamedZone.of(ofSetting(text)));
  }

  /// A zone as the setting `TimeZone` has it: a name or a POSIX form, no abbreviation.
  ///
  /// @throws QuiverException `22023` when it is no zone
  public static ZoneId ofSetting(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    return byName(lower)
        .or(() -> posix(lower))
        .orElseThrow(() ->
            new QuiverException(
                SqlState.INVALID_PARAMETER_VALUE, "time zone \"%s\" not recognized", text));
  }

  /// A zone as [#resolve], but of a displacement the sign says east: `+05:30`, as in timestamps.
  ///
  /// @throws QuiverException `22023` when it is no zone
  public static NamedZone eastward(String text) {
    char first = text.isEmpty() ? 0 : text.charAt(0);
    if (first >= '0' && first <= '9') {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "invalid input syntax for type numeric time zone: \"%s\"",
              text)
          .withHint("Numeric time zones must have \"-\" or \"+\" as first character.");
    }
    if (!text.matches("[+-][0-9]+(:[0-9]*){0,2}")) {
      return resolve(text);
    }
    String[] parts = text.substring(1).split(":", -1);
    boolean runTogether = parts.length == 1 && parts[0].length() > 2;
    int hours = part(parts[0], text);
    int minutes = runTogether ? hours % 100 : parts.length > 1 ? part(parts[1], text) : 0;
    int seconds = parts.length > 2 ? part(parts[2], text) : 0;
    hours = runTogether ? hours / 100 : hours;
    if (hours >= DISPLACEMENT_HOURS_MAX || minutes > 59 || seconds > 59) {
      throw displacementOutOfRange(text);
    }
    int magnitude = (hours * 60 + minutes) * 60 + seconds;
    return NamedZone.of(ZoneOffset.ofTotalSeconds(first == '-' ? -magnitude : magnitude));
  }

  private static int part(String digits, String text) {
    if (digits.length() > 6) {
      throw displacementOutOfRange(text);
    }
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  private static QuiverException displacementOutOfRange(String text) {
    return new QuiverException(
        SqlState.INVALID_PARAMETER_VALUE, "numeric time zone \"%s\" out of range", text);
  }

  /// `ABC+5:30` is west of UTC.
  private static Optional<ZoneId> posix(String lower) {
    int at = 0;
    if (lower.startsWith("<")) {
      at = lower.indexOf('>') + 1;
    } else {
      while (at < lower.length() && Character.isLetter(lower.charAt(at))) {
        at++;
      }
    }
    if (at >= lower.length()) {
      return Optional.empty();
    }
    Matcher displacement = POSIX_DISPLACEMENT.matcher(lower.substring(at));
    if (!displacement.matches()) {
      return Optional.empty();
    }
    int seconds =
        (Integer.parseInt(displacement.group(2)) * 60 + posixPart(displacement.group(3))) * 60
            + posixPart(displacement.group(4));
    if (seconds >= DISPLACEMENT_HOURS_MAX * 3600) {
      return Optional.empty();
    }
    return Optional.of(
        ZoneOffset.ofTotalSeconds("-".equals(displacement.group(1)) ? seconds : -seconds));
  }

  private static int posixPart(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }

  /// Seconds east of UTC at a local time. In a gap the offset before it holds, in an overlap the
  /// one after it.
  public static int offsetAtLocal(ZoneId zone, long localMicros) {
    if (zone instanceof ZoneOffset fixed) {
      return fixed.getTotalSeconds();
    }
    ZoneRules rules = zone.getRules();
    LocalDateTime local =
        LocalDateTime.ofEpochSecond(
            Math.floorDiv(localMicros, 1_000_000L) + DateTimes.EPOCH_SECONDS, 0, ZoneOffset.UTC);
    List<ZoneOffset> valid = rules.getValidOffsets(local);
    if (valid.size() == 1) {
      return valid.getFirst().getTotalSeconds();
    }
    ZoneOffsetTransition transition = rules.getTransition(local);
    ZoneOffset chosen =
        transition.isGap() ? transition.getOffsetBefore() : transition.getOffsetAfter();
    return chosen.getTotalSeconds();
  }

  /// Seconds east of UTC at an instant.
  public static int offsetAt(ZoneId zone, long micros) {
    if (zone instanceof ZoneOffset fixed) {
      return fixed.getTotalSeconds();
    }
    return zone.getRules().getOffset(instant(micros)).getTotalSeconds();
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L) + DateTimes.EPOCH_SECONDS);
  }
}
