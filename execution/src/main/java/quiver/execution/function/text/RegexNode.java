package quiver.execution.function.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/// A part of a regular expression.
sealed interface RegexNode {
  /// Which of several possible ends a part prefers.
  enum Preference {
    NONE,
    LONGEST,
    SHORTEST
  }

  /// A condition on a place between two characters.
  enum Place {
    TEXT_START,
    TEXT_END,
    LINE_START,
    LINE_END,
    WORD_START,
    WORD_END,
    WORD_EDGE,
    NO_WORD_EDGE
  }

  /// No upper bound of a repetition.
  int ENDLESS = -1;

  /// Nothing.
  record Empty() implements RegexNode {}

  /// One character of a set.
  ///
  /// @param only the one character there is; -1 when there are several
  record OneOf(IntPredicate set, int only) implements RegexNode {
    OneOf(IntPredicate set) {
      this(set, -1);
    }
  }

  /// `^`, `$`, `\y` and their like.
  record At(Place place) implements RegexNode {}

  /// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`.
  record Look(boolean ahead, boolean negative, RegexNode body) implements RegexNode {}

  /// Capturing parentheses, counted from 1.
  record Group(int index, RegexNode body) implements RegexNode {}

  /// `\1`, with what the group may match.
  record BackReference(int index, RegexNode body) implements RegexNode {}

  /// One after the other.
  record Sequence(RegexNode first, RegexNode rest) implements RegexNode {
    /// All parts: long sequences are walked, not recursed into.
    List<RegexNode> parts() {
      List<RegexNode> parts = new ArrayList<>();
      RegexNode at = this;
      while (at instanceof Sequence(RegexNode head, RegexNode tail)) {
        parts.add(head);
        at = tail;
      }
      parts.add(at);
      return parts;
    }
  }

  /// One of several.
  record Either(List<RegexNode> branches) implements RegexNode {}

  /// @param max [#ENDLESS] without a bound
  record Repeat(RegexNode body, int min, int max, Preference own) implements RegexNode {}

  /// PostgreSQL's rule: that of the first part that has one; alternatives prefer the longest.
  default Preference preference() {
    return switch (this) {
      case Empty _, OneOf _, At _, Look _, BackReference _ -> Preference.NONE;
      case Group(_, RegexNode body) -> body.preference();
      case Sequence sequence ->
          sequence.parts().stream()
              .map(RegexNode::preference)
              .filter(each -> each != Preference.NONE)
              .findFirst()
              .orElse(Preference.NONE);
      case Either _ -> Preference.LONGEST;
      case Repeat(RegexNode body, _, _, Preference own) ->
          own == Preference.NONE ? body.preference() : own;
    };
  }

  /// Whether there are groups or references to them inside.
  default boolean captures() {
    return switch (this) {
      case Empty _, OneOf _, At _, Look _ -> false;
      case Group _, BackReference _ -> true;
      case Sequence sequence -> sequence.parts().stream().anyMatch(RegexNode::captures);
      case Either(List<RegexNode> branches) -> branches.stream().anyMatch(RegexNode::captures);
      case Repeat repeat -> repeat.body().captures();
    };
  }

  /// Whether there are references to groups inside.
  default boolean refersBack() {
    return switch (this) {
      case Empty _, OneOf _, At _, Look _ -> false;
      case BackReference _ -> true;
      case Group(_, RegexNode body) -> body.refersBack();
      case Sequence sequence -> sequence.parts().stream().anyMatch(RegexNode::refersBack);
      case Either(List<RegexNode> branches) -> branches.stream().anyMatch(RegexNode::refersBack);
      case Repeat repeat -> repeat.body().refersBack();
    };
  }
}
