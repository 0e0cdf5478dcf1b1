package quiver.execution.function.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.function.text.RegexNode.Preference;

/// The search of one regular expression in one text, with PostgreSQL's choice among matches: the
/// first start, then the longest or shortest end as the expression prefers, then the same for each
/// part from left to right. Time grows with the text times the expression, but for references to
/// groups, which are tried. Used by one thread. Source: PostgreSQL 15, section 9.7.3.5.
final class RegexMatcher {
  /// Tries of an expression with references to groups.
  static final int TRIES_MAX = 1_000_000;

  /// Parts inside one another while an expression with references is tried.
  static final int DEPTH_MAX = 2_000;

  private static final int STEPS_PER_CHECK = 1 << 14;

  private final RegexPattern pattern;
  private final String text;
  private final Runnable check;
  private int[] starts = new int[0];
  private int[] ends = new int[0];
  private int steps;
  private int tries;
  private int depth;

  /// @param check called now and then: throws when the statement is cancelled
  RegexMatcher(RegexPattern pattern, String text, Runnable check) {
    this.pattern = pattern;
    this.text = text;
    this.check = check;
  }

  int groupCount() {
    return pattern.groupCount();
  }

  int start() {
    return starts[0];
  }

  int end() {
    return ends[0];
  }

  /// Where a group begins; -1 if it took no part.
  int start(int group) {
    return starts[group];
  }

  int end(int group) {
    return ends[group];
  }

  String group() {
    return text.substring(starts[0], ends[0]);
  }

  @Nullable String group(int group) {
    return starts[group] < 0 ? null : text.substring(starts[group], ends[group]);
  }

  /// Whether there is a match that begins at `from` or later; finds the first.
  boolean find(int from) {
    starts = new int[pattern.groupCount() + 1];
    ends = new int[pattern.groupCount() + 1];
    RegexNode root = pattern.root();
    if (root.refersBack()) {
      return findByTries(root, from);
    }
    Threads threads = new Threads(pattern.program(root, false));
    if (!threads.search(from, root.preference() == Preference.SHORTEST)) {
      return false;
    }
    clear();
    starts[0] = threads.foundStart;
    ends[0] = threads.foundEnd;
    boolean taken = dissect(root, starts[0], ends[0]);
    assert taken;
    return true;
  }

  private void clear() {
    Arrays.fill(starts, -1);
    Arrays.fill(ends, -1);
  }

  private boolean findByTries(RegexNode root, int from) {
    RegexProgram program = pattern.program(root, false);
    boolean shortest = root.preference() == Preference.SHORTEST;
    int begin = from;
    while (begin <= text.length()) {
      Threads threads = new Threads(program);
      if (!threads.search(begin, true)) {
        return false;
      }
      begin = threads.foundStart;
      BitSet candidates = ends(root, begin, text.length());
      for (int end = first(candidates, shortest);
          end >= 0;
          end = after(candidates, end, shortest)) {
        clear();
        if (dissect(root, begin, begin + end)) {
          starts[0] = begin;
          ends[0] = begin + end;
          return true;
        }
      }
      begin = begin < text.length() ? begin + width(begin) : begin + 1;
    }
    return false;
  }

  private int width(int at) {
    return Character.charCount(text.codePointAt(at));
  }

  private static int first(BitSet places, boolean shortest) {
    return shortest ? places.nextSetBit(0) : places.length() - 1;
  }

  private static int after(BitSet places, int place, boolean shortest) {
    if (shortest) {
      return places.nextSetBit(place + 1);
    }
    return place == 0 ? -1 : places.previousSetBit(place - 1);
  }

  /// Where matches of a part that begin at `from` may end, counted from there.
  private BitSet ends(RegexNode node, int from, int to) {
    return new Threads(pattern.program(node, false)).ends(from, to);
  }

  /// Where matches of a part that end at `to` may begin, counted from `from`.
  private BitSet beginnings(RegexNode node, int from, int to) {
    return new Threads(pattern.program(node, true)).beginnings(from, to);
  }

  // ---- groups

  /// Finds the groups of a part that matches from `begin` to `end`; false only for references to
  /// groups that do not hold.
  private boolean dissect(RegexNode node, int begin, int end) {
    if (!node.captures()) {
      return true;
    }
    if ((node.refersBack() && ++tries > TRIES_MAX) || ++depth > DEPTH_MAX) {
      throw new QuiverException(
          SqlState.STATEMENT_TOO_COMPLEX, "regular expression is too complex");
    }
    boolean holds =
        switch (node) {
          case RegexNode.Group(int index, RegexNode body) -> {
            boolean inside = dissect(body, begin, end);
            if (inside) {
              starts[index] = begin;
              ends[index] = end;
            }
            yield inside;
          }
          case RegexNode.BackReference(int index, _) ->
              starts[index] >= 0
                  && ends[index] - starts[index] == end - begin
                  && text.regionMatches(begin, text, starts[index], end - begin);
          case RegexNode.Sequence sequence -> sequence(sequence, begin, end);
          case RegexNode.Either(List<RegexNode> branches) -> either(branches, begin, end);
          case RegexNode.Repeat repeat -> repeated(repeat, begin, end);
          default -> true;
        };
    depth--;
    return holds;
  }

  private boolean sequence(RegexNode.Sequence sequence, int begin, int end) {
    RegexNode.Sequence at = sequence;
    int from = begin;
    while (true) {
      BitSet middles = ends(at.first(), from, end);
      middles.and(beginnings(at.rest(), from, end));
      boolean shortest = at.first().preference() == Preference.SHORTEST;
      int middle = first(middles, shortest);
      if (at.refersBack()) {
        while (middle >= 0) {
          int[][] before = saved();
          int place = from + middle;
          if (dissect(at.first(), from, place) && dissect(at.rest(), place, end)) {
            return true;
          }
          restore(before);
          middle = after(middles, middle, shortest);
        }
        return false;
      }
      assert middle >= 0;
      boolean _ = dissect(at.first(), from, from + middle);
      from += middle;
      if (!(at.rest() instanceof RegexNode.Sequence next)) {
        return dissect(at.rest(), from, end);
      }
      at = next;
    }
  }

  private boolean either(List<RegexNode> branches, int begin, int end) {
    for (RegexNode branch : branches) {
      if (ends(branch, begin, end).get(end - begin)) {
        int[][] before = saved();
        if (dissect(branch, begin, end)) {
          return true;
        }
        restore(before);
      }
    }
    return false;
  }

  /// A repetition that may match nothing tries to match once first, and each of its rounds is as
  /// long or short as its body prefers. Of another one only the place where the last round begins
  /// is looked for, since a group keeps what the last round matched: all rounds before it together
  /// are as long or short as preferred.
  private boolean repeated(RegexNode.Repeat repeat, int begin, int end) {
    boolean shortest = repeat.body().preference() == Preference.SHORTEST;
    if (repeat.body() instanceof RegexNode.BackReference(int index, _) && starts[index] < 0) {
      return false;
    }
    if (repeat.min() == 0 && begin == end && shortest) {
      return true;
    }
    RegexNode.Repeat once = pattern.atLeastOnce(repeat);
    boolean optional = repeat.min() == 0;
    boolean empty = optional && begin == end;
    if (optional && !ends(once, begin, end).get(end - begin)) {
      return empty;
    }
    if (repeat.refersBack()) {
      return rounds(once, begin, end, 0) || empty;
    }
    if (optional) {
      return roundByRound(once, begin, end, shortest);
    }
    BitSet places = ends(pattern.rest(once, 1), begin, end);
    places.and(beginnings(repeat.body(), begin, end));
    int last = first(places, repeat.preference() == Preference.SHORTEST);
    assert last >= 0;
    return dissect(repeat.body(), begin + last, end);
  }

  /// Rounds without references: the first choice of each holds.
  private boolean roundByRound(RegexNode.Repeat repeat, int begin, int end, boolean shortest) {
    boolean endless = repeat.max() == RegexNode.ENDLESS;
    BitSet rest = new BitSet();
    int base = begin;
    int from = begin;
    for (int round = 1; from < end || round == 1; round++) {
      if (round == 1 || !endless) {
        rest = beginnings(pattern.rest(repeat, round), from, end);
        base = from;
      }
      BitSet places = ends(repeat.body(), from, end);
      if (places.cardinality() > 1) {
        places.clear(0);
      }
      int place = first(places, shortest);
      while (place >= 0 && !rest.get(from + place - base)) {
        place = after(places, place, shortest);
      }
      if (place < 0) {
        // Only an empty round leads on.
        place = 0;
      }
      forget(repeat.body());
      boolean _ = dissect(repeat.body(), from, from + place);
      from += place;
    }
    return true;
  }

  /// The rounds of a repetition from the `done`th on: each as long or short as preferred, none
  /// empty unless the least number asks for it. A group keeps its last round.
  private boolean rounds(RegexNode.Repeat repeat, int begin, int end, int done) {
    boolean shortest = repeat.body().preference() == Preference.SHORTEST;
    int least = Math.max(repeat.min(), begin < end && done == 0 ? 1 : 0);
    int round = done + 1;
    BitSet places = ends(repeat.body(), begin, end);
    places.and(beginnings(pattern.rest(repeat, round), begin, end));
    if (begin < end && places.cardinality() > 1) {
      places.clear(0);
    }
    int place = first(places, shortest);
    for (; place >= 0; place = after(places, place, shortest)) {
      int[][] before = saved();
      forget(repeat.body());
      int next = begin + place;
      if (dissect(repeat.body(), begin, next)
          && ((next == end && round >= least) || moreRounds(repeat, next, end, round))) {
        return true;
      }
      restore(before);
    }
    return false;
  }

  private boolean moreRounds(RegexNode.Repeat repeat, int begin, int end, int done) {
    if (++depth > DEPTH_MAX) {
      throw new QuiverException(
          SqlState.STATEMENT_TOO_COMPLEX, "regular expression is too complex");
    }
    boolean holds =
        (repeat.max() == RegexNode.ENDLESS || done < repeat.max())
            && rounds(repeat, begin, end, done);
    depth--;
    return holds;
  }

  /// Groups of the round before are not those of the next one.
  private void forget(RegexNode node) {
    switch (node) {
      case RegexNode.Group(int index, RegexNode body) -> {
        starts[index] = -1;
        ends[index] = -1;
        forget(body);
      }
      case RegexNode.Sequence(RegexNode first, RegexNode rest) -> {
        forget(first);
        forget(rest);
      }
      case RegexNode.Either(List<RegexNode> branches) -> branches.forEach(this::forget);
      case RegexNode.Repeat repeat -> forget(repeat.body());
      default -> {
        // No groups.
      }
    }
  }

  private int[][] saved() {
    return new int[][] {starts.clone(), ends.clone()};
  }

  private void restore(int[][] before) {
    starts = before[0];
    ends = before[1];
  }

  // ---- places

  private boolean holds(RegexNode condition, int at) {
    return switch (condition) {
      case RegexNode.At(RegexNode.Place place) -> holds(place, at);
      case RegexNode.Look(boolean ahead, boolean negative, RegexNode body) ->
          negative
              != (ahead
                  ? new Threads(pattern.program(body, false)).reaches(at, true)
                  : new Threads(pattern.program(body, true)).reaches(at, false));
      default -> throw new IllegalStateException("no condition: " + condition);
    };
  }

  private boolean holds(RegexNode.Place place, int at) {
    return switch (place) {
      case TEXT_START -> at == 0;
      case TEXT_END -> at == text.length();
      case LINE_START -> at == 0 || text.charAt(at - 1) == '\n';
      case LINE_END -> at == text.length() || text.charAt(at) == '\n';
      case WORD_START -> !wordBefore(at) && wordAfter(at);
      case WORD_END -> wordBefore(at) && !wordAfter(at);
      case WORD_EDGE -> wordBefore(at) != wordAfter(at);
      case NO_WORD_EDGE -> wordBefore(at) == wordAfter(at);
    };
  }

  private boolean wordBefore(int at) {
    return at > 0 && RegexClasses.isWord(text.codePointBefore(at));
  }

  private boolean wordAfter(int at) {
    return at < text.length() && RegexClasses.isWord(text.codePointAt(at));
  }

  /// The states an automaton is in at one place of the text, oldest start first.
  private final class Threads {
    private final RegexProgram program;
    private final int[] seen;
    private int[] now;
    private int[] nowStart;
    private int[] then;
    private int[] thenStart;
    private int[] stack;
    private int nowCount;
    private int thenCount;
    private int generation;
    private int matchStart;
    int foundStart = -1;
    int foundEnd = -1;

    Threads(RegexProgram program) {
      this.program = program;
      int count = program.count();
      seen = new int[count];
      now = new int[count];
      nowStart = new int[count];
      then = new int[count];
      thenStart = new int[count];
      stack = new int[2 * count + 2];
    }

    /// Adds a state and all that it leads to without reading.
    private void enter(int state, int start, int at) {
      int height = 0;
      stack[height++] = state;
      while (height > 0) {
        int top = stack[--height];
        if (seen[top] == generation) {
          continue;
        }
        seen[top] = generation;
        if (top == RegexProgram.MATCH) {
          matchStart = start;
          continue;
        }
        RegexProgram.State here = program.state(top);
        RegexNode condition = here.condition();
        if (here.set() != null) {
          then[thenCount] = top;
          thenStart[thenCount++] = start;
        } else if (condition != null) {
          if (holds(condition, at)) {
            stack[height++] = here.next();
          }
        } else {
          stack[height++] = here.other();
          stack[height++] = here.next();
        }
      }
    }

    private void begin() {
      generation++;
      thenCount = 0;
      matchStart = -1;
    }

    private void swap() {
      int[] states = now;
      int[] places = nowStart;
      now = then;
      nowStart = thenStart;
      nowCount = thenCount;
      then = states;
      thenStart = places;
    }

    /// All states that follow by reading one character.
    ///
    /// @param startMax threads that began later have lost
    private void read(int c, int at, int startMax) {
      begin();
      steps += nowCount + 1;
      if (steps > STEPS_PER_CHECK) {
        steps = 0;
        check.run();
      }
      for (int i = 0; i < nowCount; i++) {
        if (nowStart[i] <= startMax) {
          RegexProgram.State state = program.state(now[i]);
          IntPredicate set = Objects.requireNonNull(state.set());
          if (set.test(c)) {
            enter(state.next(), nowStart[i], at);
          }
        }
      }
    }

    /// The match with the first start, and of those the longest or shortest.
    boolean search(int from, boolean shortest) {
      int at = from;
      begin();
      while (true) {
        if (foundStart < 0) {
          if (thenCount == 0 && matchStart < 0) {
            at = pattern.nextStart(text, at);
            if (at < 0) {
              return false;
            }
          }
          enter(program.start(), at, at);
        }
        if (matchStart >= 0 && (foundStart < 0 || matchStart < foundStart || !shortest)) {
          foundStart = matchStart;
          foundEnd = at;
        }
        swap();
        if (at == text.length() || (foundStart >= 0 && nowCount == 0)) {
          return foundStart >= 0;
        }
        int startMax = foundStart < 0 ? Integer.MAX_VALUE : shortest ? foundStart - 1 : foundStart;
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        read(c, at, startMax);
      }
    }

    BitSet ends(int from, int to) {
      BitSet found = new BitSet();
      walk(
          from,
          to,
          true,
          at -> {
            found.set(at - from);
            return true;
          });
      return found;
    }

    BitSet beginnings(int from, int to) {
      BitSet found = new BitSet();
      walk(
          to,
          from,
          false,
          at -> {
            found.set(at - from);
            return true;
          });
      return found;
    }

    /// Whether anything matches from a place on, or up to it.
    boolean reaches(int place, boolean ahead) {
      return !walk(place, ahead ? text.length() : 0, ahead, _ -> false);
    }

    /// Reads from a place on until nothing can match any more.
    ///
    /// @param last nothing is read beyond
    /// @param ahead whether to read to the right
    /// @param onMatch given the places where something matches; false is enough of them
    /// @return false if it was enough
    private boolean walk(int from, int last, boolean ahead, IntPredicate onMatch) {
      int at = from;
      begin();
      enter(program.start(), 0, at);
      while (true) {
        if (matchStart >= 0 && !onMatch.test(at)) {
          return false;
        }
        swap();
        if (nowCount == 0 || (ahead ? at >= last : at <= last)) {
          return true;
        }
        int c = ahead ? text.codePointAt(at) : text.codePointBefore(at);
        at += ahead ? Character.charCount(c) : -Character.charCount(c);
        read(c, at, 0);
      }
    }
  }
}
