package quiver.common.format;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The abbreviations that are in use in time zones, `CET` and `CEST` for example. Java's own are
/// those of a language, not of a place and time.
public final class ZoneAbbreviations {
  /// @param since second since 1970 from which on it is used, of several for one displacement
  private record Use(int secondsEast, String abbreviation, long since) {}

  private static final Map<String, List<Use>> BY_ZONE = read();

  private ZoneAbbreviations() {}

  /// The abbreviation of a zone at an instant.
  ///
  /// @param secondsEast the zone's displacement then
  public static String of(ZoneId zone, int secondsEast, long micros) {
    if (zone instanceof ZoneOffset) {
      return secondsEast == 0 ? "UTC" : displacement(secondsEast, ":");
    }
    long second = Math.floorDiv(micros, DateTimes.MICROS_PER_SECOND) + DateTimes.EPOCH_SECONDS;
    String found = inUse(BY_ZONE.getOrDefault(zone.getId(), List.of()), secondsEast, second);
    return found == null ? displacement(secondsEast, "") : found;
  }

  /// Seconds east of UTC that an abbreviation, in upper case, means in a zone: those it last had at
  /// the instant, or else will have first. Empty when the zone never uses it.
  static OptionalInt offset(ZoneId zone, String abbreviation, long micros) {
    List<Use> uses = BY_ZONE.getOrDefault(zone.getId(), List.of());
    if (uses.stream().noneMatch(use -> use.abbreviation.equals(abbreviation))) {
      return OptionalInt.empty();
    }
    long second = Math.floorDiv(micros, DateTimes.MICROS_PER_SECOND) + DateTimes.EPOCH_SECONDS;
    OptionalInt found = OptionalInt.empty();
    for (ZoneOffsetTransition change : zone.getRules().getTransitions()) {
      boolean later = change.toEpochSecond() > second;
      if (later && found.isPresent()) {
        break;
      }
      int offset = change.getOffsetAfter().getTotalSeconds();
      if (abbreviation.equals(inUse(uses, offset, change.toEpochSecond()))) {
        found = OptionalInt.of(offset);
      }
    }
    return found;
  }

  private static @Nullable String inUse(List<Use> uses, int secondsEast, long second) {
    String found = null;
    for (Use use : uses) {
      if (use.secondsEast == secondsEast && use.since <= second) {
        found = use.abbreviation;
      }
    }
    return found;
  }

  /// What stands for an abbreviation where there is none: `+03`, `-0330`.
  private static String displacement(int secondsEast, String delimiter) {
    StringBuilder text = new StringBuilder(6);
    DateTimes.appendOffset(secondsEast, text);
    return delimiter.isEmpty() ? text.toString().replace(":", "") : text.toString();
  }

  private static Map<String, List<Use>> read() {
    InputStream stream = ZoneAbbreviations.class.getResourceAsStream("zone_abbreviations.txt");
    if (stream == null) {
      throw new IllegalStateException("resource missing: zone_abbreviations.txt");
    }
    Map<String, List<Use>> table = new HashMap<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line : reader.lines().filter(l -> !l.startsWith("#")).toList()) {
        int bar = line.indexOf(" | ");
        List<Use> uses = uses(line.substring(bar + 3));
        for (String zone : line.substring(0, bar).split(" ", -1)) {
          table.put(zone, uses);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(table);
  }

  /// For example `3600:CET 7200:CEST 3600:WEST@41468400`.
  private static List<Use> uses(String text) {
    List<Use> uses = new ArrayList<>();
    for (String word : text.split(" ", -1)) {
      int colon = word.indexOf(':');
      int at = word.indexOf('@');
      uses.add(
          new Use(
              Integer.parseInt(word, 0, colon, 10),
              word.substring(colon + 1, at < 0 ? word.length() : at),
              at < 0 ? Long.MIN_VALUE : Long.parseLong(word, at + 1, word.length(), 10)));
    }
    return List.copyOf(uses);
  }
}
