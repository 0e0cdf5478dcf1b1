package quiver.execution.function.search;

/// The kinds of tokens the parser tells apart, with the numbers and names PostgreSQL gives them.
public enum TokenType {
  ASCIIWORD(1, "asciiword", "Word, all ASCII"),
  WORD(2, "word", "Word, all letters"),
  NUMWORD(3, "numword", "Word, letters and digits"),
  EMAIL(4, "email", "Email address"),
  URL(5, "url", "URL"),
  HOST(6, "host", "Host"),
  SFLOAT(7, "sfloat", "Scientific notation"),
  VERSION(8, "version", "Version number"),
  HWORD_NUMPART(9, "hword_numpart", "Hyphenated word part, letters and digits"),
  HWORD_PART(10, "hword_part", "Hyphenated word part, all letters"),
  HWORD_ASCIIPART(11, "hword_asciipart", "Hyphenated word part, all ASCII"),
  BLANK(12, "blank", "Space symbols"),
  TAG(13, "tag", "XML tag"),
  PROTOCOL(14, "protocol", "Protocol head"),
  NUMHWORD(15, "numhword", "Hyphenated word, letters and digits"),
  ASCIIHWORD(16, "asciihword", "Hyphenated word, all ASCII"),
  HWORD(17, "hword", "Hyphenated word, all letters"),
  URL_PATH(18, "url_path", "URL path"),
  FILE(19, "file", "File or path name"),
  FLOAT(20, "float", "Decimal notation"),
  INT(21, "int", "Signed integer"),
  UINT(22, "uint", "Unsigned integer"),
  ENTITY(23, "entity", "XML entity");

  private final int id;
  private final String alias;
  private final String description;

  TokenType(int id, String alias, String description) {
    this.id = id;
    this.alias = alias;
    this.description = description;
  }

  public int id() {
    return id;
  }

  public String alias() {
    return alias;
  }

  public String description() {
    return description;
  }

  /// Whether a dictionary makes a lexeme of such a token.
  public boolean isIndexed() {
    return switch (this) {
      case BLANK, TAG, PROTOCOL, ENTITY -> false;
      default -> true;
    };
  }

  /// Whether a language's stemmer is asked, not the simple dictionary.
  boolean isStemmed() {
    return switch (this) {
      case ASCIIWORD, WORD, HWORD_PART, HWORD_ASCIIPART, ASCIIHWORD, HWORD -> true;
      default -> false;
    };
  }

  /// Whether all its characters are ASCII letters.
  boolean isAscii() {
    return this == ASCIIWORD || this == HWORD_ASCIIPART || this == ASCIIHWORD;
  }

  /// Whether the tokens of its parts follow.
  boolean isCompound() {
    return switch (this) {
      case ASCIIHWORD, HWORD, NUMHWORD, URL -> true;
      default -> false;
    };
  }
}
