package quiver.execution.function.text;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/// A regular expression that was read. Safe for every thread.
final class RegexPattern {
  private final RegexNode root;
  private final int groupCount;
  private final boolean anchored;
  private final String prefix;
  private final IdentityHashMap<RegexNode, RegexProgram> forward = new IdentityHashMap<>();
  private final IdentityHashMap<RegexNode, RegexProgram> backward = new IdentityHashMap<>();
  private final IdentityHashMap<RegexNode.Repeat, RegexNode.Repeat> once = new IdentityHashMap<>();
  private final IdentityHashMap<RegexNode.Repeat, Map<Integer, RegexNode.Repeat>> rests =
      new IdentityHashMap<>();

  RegexPattern(RegexNode root, int groupCount) {
    this.root = root;
    this.anchored = beginsAtStart(root);
    this.prefix = prefix(root);
    this.groupCount = groupCount;
  }

  /// The next place where a match may begin; -1 for none.
  int nextStart(String text, int from) {
    return anchored ? (from == 0 ? 0 : -1) : text.indexOf(prefix, from);
  }

  private static boolean beginsAtStart(RegexNode node) {
    return switch (node) {
      case RegexNode.At(RegexNode.Place place) -> place == RegexNode.Place.TEXT_START;
      case RegexNode.Sequence(RegexNode first, _) -> beginsAtStart(first);
      case RegexNode.Group(_, RegexNode body) -> beginsAtStart(body);
      default -> false;
    };
  }

  /// The characters every match begins with.
  private static String prefix(RegexNode node) {
    StringBuilder prefix = new StringBuilder();
    RegexNode at = node;
    while (at instanceof RegexNode.Sequence(RegexNode first, RegexNode rest)
        && first instanceof RegexNode.OneOf(_, int only)
        && only >= 0) {
      prefix.appendCodePoint(only);
      at = rest;
    }
    if (at instanceof RegexNode.OneOf(_, int only) && only >= 0) {
      prefix.appendCodePoint(only);
    }
    return prefix.toString();
  }

  RegexNode root() {
    return root;
  }

  int groupCount() {
    return groupCount;
  }

  RegexMatcher matcher(String text, Runnable check) {
    return new RegexMatcher(this, text, check);
  }

  /// @param back for reading from the end to the start
  synchronized RegexProgram program(RegexNode node, boolean back) {
    return (back ? backward : forward).computeIfAbsent(node, each -> RegexProgram.of(each, back));
  }

  /// A repetition with at least one round: itself, if it has.
  synchronized RegexNode.Repeat atLeastOnce(RegexNode.Repeat repeat) {
    return repeat.min() > 0
        ? repeat
        : once.computeIfAbsent(
            repeat, each -> new RegexNode.Repeat(each.body(), 1, each.max(), each.own()));
  }

  /// What is left of a repetition after some rounds.
  synchronized RegexNode.Repeat rest(RegexNode.Repeat repeat, int rounds) {
    int min = Math.max(0, repeat.min() - rounds);
    boolean endless = repeat.max() == RegexNode.ENDLESS;
    // Beyond the least number the rest of an endless repetition is always the same.
    int key = endless ? Math.min(rounds, repeat.min()) : rounds;
    return rests
        .computeIfAbsent(repeat, each -> new HashMap<>())
        .computeIfAbsent(
            key,
            each ->
                new RegexNode.Repeat(
                    repeat.body(),
                    min,
                    endless ? RegexNode.ENDLESS : repeat.max() - rounds,
                    repeat.own()));
  }
}
