package quiver.common.plan;

import java.util.List;

/// COPY's options, with PostgreSQL's defaults filled in.
///
/// @param headerMatch HEADER MATCH
/// @param forceQuote positions of columns that are always quoted on output (csv); all columns when
///   it holds every position
public record CopyOptions(
    Format format,
    char delimiter,
    String nullText,
    boolean header,
    boolean headerMatch,
    char quote,
    char escape,
    List<Integer> forceQuote,
    List<Integer> forceNotNull,
    List<Integer> forceNull) {
  public CopyOptions {
    forceQuote = List.copyOf(forceQuote);
    forceNotNull = List.copyOf(forceNotNull);
    forceNull = List.copyOf(forceNull);
  }

  /// FORMAT.
  public enum Format {
    TEXT,
    CSV,
    BINARY
  }
}
