package quiver.execution.function.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// A part of a regular expression as a nondeterministic automaton (Thompson's construction).
/// Source: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009.
final class RegexProgram {
  /// States of one automaton.
  static final int STATE_COUNT_MAX = 100_000;

  /// One state: a character, a condition, a fork, or the end.
  ///
  /// @param set of the character read; null when none is
  /// @param condition to hold here; null when none has to
  /// @param next the following state
  /// @param other the second one of a fork; -1 for none
  record State(@Nullable IntPredicate set, @Nullable RegexNode condition, int next, int other) {}

  /// The state that means a match.
  static final int MATCH = 0;

  private final List<State> states = new ArrayList<>();
  private final boolean back;
  private int start;

  private RegexProgram(boolean back) {
    this.back = back;
    states.add(new State(null, null, -1, -1));
  }

  static RegexProgram of(RegexNode node, boolean back) {
    RegexProgram program = new RegexProgram(back);
    program.start = program.compiled(node, MATCH);
    return program;
  }

  int start() {
    return start;
  }

  int count() {
    return states.size();
  }

  State state(int index) {
    return states.get(index);
  }

  private int add(State state) {
    if (states.size() == STATE_COUNT_MAX) {
      throw RegexParser.invalid("regular expression is too complex");
    }
    states.add(state);
    return states.size() - 1;
  }

  /// @return where the part begins, going on to `next`
  private int compiled(RegexNode node, int next) {
    return switch (node) {
      case RegexNode.Empty _ -> next;
      case RegexNode.OneOf(IntPredicate set, _) -> add(new State(set, null, next, -1));
      case RegexNode.At _, RegexNode.Look _ -> add(new State(null, node, next, -1));
      case RegexNode.Group(_, RegexNode body) -> compiled(body, next);
      case RegexNode.BackReference(_, RegexNode body) -> compiled(body, next);
      case RegexNode.Sequence sequence -> sequence(sequence, next);
      case RegexNode.Either(List<RegexNode> branches) -> {
        int made = compiled(branches.getLast(), next);
        for (int i = branches.size() - 2; i >= 0; i--) {
          made = add(new State(null, null, compiled(branches.get(i), next), made));
        }
        yield made;
      }
      case RegexNode.Repeat repeat -> repeated(repeat, next);
    };
  }

  private int sequence(RegexNode.Sequence sequence, int next) {
    List<RegexNode> parts = sequence.parts();
    int made = next;
    for (int i = 0; i < parts.size(); i++) {
      made = compiled(parts.get(back ? i : parts.size() - 1 - i), made);
    }
    return made;
  }

  private int repeated(RegexNode.Repeat repeat, int next) {
    int made = next;
    if (repeat.max() == RegexNode.ENDLESS) {
      int loop = add(new State(null, null, -1, next));
      states.set(loop, new State(null, null, compiled(repeat.body(), loop), next));
      made = loop;
    } else {
      for (int i = repeat.min(); i < repeat.max(); i++) {
        made = add(new State(null, null, compiled(repeat.body(), made), next));
      }
    }
    for (int i = 0; i < repeat.min(); i++) {
      made = compiled(repeat.body(), made);
    }
    return made;
  }
}
