package quiver.execution.function.text;

import java.util.function.IntPredicate;

/// The character classes of regular expressions, by their POSIX names.
final class RegexClasses {
  private RegexClasses() {}

  static IntPredicate of(String name) {
    return switch (name) {
      case "alpha" -> Character::isAlphabetic;
      case "digit" -> c -> c >= '0' && c <= '9';
      case "alnum" -> c -> Character.isAlphabetic(c) || Character.isDigit(c);
      case "word" -> RegexClasses::isWord;
      case "upper" -> Character::isUpperCase;
      case "lower" -> Character::isLowerCase;
      case "space" -> c -> c == ' ' || (c >= '\t' && c <= '\r') || Character.isSpaceChar(c);
      case "blank" -> c -> c == ' ' || c == '\t';
      case "punct" -> c -> isPrinted(c) && !Character.isAlphabetic(c) && !Character.isDigit(c);
      case "cntrl" -> Character::isISOControl;
      case "xdigit" -> c -> c < 128 && Character.digit(c, 16) >= 0;
      case "print" -> c -> c == ' ' || isPrinted(c);
      case "graph" -> RegexClasses::isPrinted;
      case "ascii" -> c -> c < 128;
      default -> throw RegexParser.invalid("invalid character class");
    };
  }

  static boolean isWord(int c) {
    return c == '_' || Character.isAlphabetic(c) || Character.isDigit(c);
  }

  private static boolean isPrinted(int c) {
    return Character.isDefined(c) && !Character.isISOControl(c) && !Character.isSpaceChar(c);
  }
}
