package quiver.execution.function.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import quiver.common.search.Lexeme;
import quiver.common.search.TextQuery;
import quiver.common.search.TextQuery.Binary;
import quiver.common.search.TextQuery.Node;
import quiver.common.search.TextQuery.Not;
import quiver.common.search.TextQuery.Operand;
import quiver.common.search.TextQuery.Operator;
import quiver.common.search.TextVector;
import quiver.common.search.Weight;
import quiver.common.value.DatumOrder;

/// How well a document answers a query: `ts_rank` by the frequency of words and their distances,
/// `ts_rank_cd` by cover density. Source: PostgreSQL 15, section 12.3.3, and Clarke, Cormack,
/// Tudhope, "Relevance ranking for one to three term queries" (1999).
final class Ranking {
  private static final int BY_LOG_LENGTH = 1;
  private static final int BY_LENGTH = 2;
  private static final int BY_EXTENT_DISTANCE = 4;
  private static final int BY_UNIQUE = 8;
  private static final int BY_LOG_UNIQUE = 16;
  private static final int BY_RANK_PLUS_ONE = 32;

  /// The limit of the sum of 1/i².
  private static final double SUM_OF_SQUARES = 1.64493406685;

  /// Words without positions are taken to be far away from all others.
  private static final int FAR = Lexeme.POSITION_MAX;

  private final float[] weights;
  private final int method;

  /// @param weights of [Weight] D, C, B, A
  Ranking(float[] weights, int method) {
    this.weights = weights;
    this.method = method;
  }

  // ---- frequency

  float byFrequency(TextVector document, TextQuery query) {
    Node root = query.root();
    if (root == null || document.isEmpty()) {
      return 0;
    }
    List<Operand> operands = operands(root);
    boolean all =
        root instanceof Binary binary && binary.operator() != Operator.OR && operands.size() > 1;
    float rank = all ? ofAll(document, operands) : ofAny(document, operands);
    if (rank < 0) {
      rank = 1e-20f;
    }
    if ((method & BY_LOG_LENGTH) != 0) {
      rank = (float) (rank / (Math.log(document.length() + 1.0) / Math.log(2.0)));
    }
    if ((method & BY_LENGTH) != 0) {
      rank /= (float) document.length();
    }
    if ((method & BY_UNIQUE) != 0) {
      rank /= (float) document.lexemes().size();
    }
    if ((method & BY_LOG_UNIQUE) != 0) {
      rank = (float) (rank / (Math.log(document.lexemes().size() + 1.0) / Math.log(2.0)));
    }
    if ((method & BY_RANK_PLUS_ONE) != 0) {
      rank /= rank + 1;
    }
    return rank;
  }

  /// The distinct operands in the order of their words.
  private static List<Operand> operands(Node root) {
    TreeMap<String, Operand> found = new TreeMap<>(DatumOrder::compareText);
    collect(root, found);
    return List.copyOf(found.values());
  }

  private static void collect(Node node, Map<String, Operand> found) {
    switch (node) {
      case Operand operand -> found.putIfAbsent(operand.word(), operand);
      case Not(var child) -> collect(child, found);
      case Binary binary -> {
        collect(binary.left(), found);
        collect(binary.right(), found);
      }
    }
  }

  private float ofAll(TextVector document, List<Operand> operands) {
    List<@Nullable Lexeme> seen = new ArrayList<>();
    float rank = -1;
    for (int i = 0; i < operands.size(); i++) {
      seen.add(null);
      for (Lexeme lexeme : document.matching(operands.get(i))) {
        seen.set(i, lexeme);
        for (int k = 0; k < i; k++) {
          Lexeme other = seen.get(k);
          if (other != null) {
            rank = withPairs(rank, lexeme, other);
          }
        }
      }
    }
    return rank;
  }

  private float withPairs(float before, Lexeme first, Lexeme second) {
    float rank = before;
    for (int l = 0; l < count(first); l++) {
      for (int p = 0; p < count(second); p++) {
        int distance = Math.abs(position(first, l) - position(second, p));
        boolean unknown = !first.hasPositions() || !second.hasPositions();
        if (distance == 0 && !unknown) {
          continue;
        }
        float pair =
            (float)
                Math.sqrt(
                    weight(first, l)
                        * weight(second, p)
                        * distanceFactor(distance == 0 ? FAR + 1 : distance));
        rank = rank < 0 ? pair : (float) (1.0 - (1.0 - rank) * (1.0 - pair));
      }
    }
    return rank;
  }

  private static int count(Lexeme lexeme) {
    return Math.max(1, lexeme.positions().length);
  }

  private static int position(Lexeme lexeme, int index) {
    return lexeme.hasPositions() ? lexeme.position(index) : FAR;
  }

  private float weight(Lexeme lexeme, int index) {
    return weights[lexeme.hasPositions() ? lexeme.weight(index).level() : 0];
  }

  private static float distanceFactor(int distance) {
    return distance > 100
        ? 1e-30f
        : (float) (1.0 / (1.005 + 0.05 * Math.exp((float) distance / 1.5 - 2)));
  }

  private float ofAny(TextVector document, List<Operand> operands) {
    float rank = 0;
    for (Operand operand : operands) {
      for (Lexeme lexeme : document.matching(operand)) {
        float sum = 0;
        float greatest = -1;
        int greatestAt = 0;
        for (int j = 0; j < count(lexeme); j++) {
          float weight = weight(lexeme, j);
          sum += weight / ((j + 1) * (j + 1));
          if (weight > greatest) {
            greatest = weight;
            greatestAt = j;
          }
        }
        float place = (greatestAt + 1) * (greatestAt + 1);
        rank = (float) (rank + (greatest + sum - greatest / place) / SUM_OF_SQUARES);
      }
    }
    return operands.isEmpty() ? rank : rank / operands.size();
  }

  // ---- cover density

  /// A place of the document and the operands that are found there.
  private record Spot(int position, Weight weight, Set<Operand> operands) {}

  float byCoverDensity(TextVector document, TextQuery query) {
    Node root = query.root();
    if (root == null) {
      return 0;
    }
    List<Spot> spots = spots(document, root);
    double rank = 0;
    double distances = 0;
    double lastCenter = 0;
    int extents = 0;
    for (int from = 0; from < spots.size(); ) {
      int end = coverEnd(spots, from, root);
      if (end < 0) {
        break;
      }
      int begin = coverBegin(spots, from, end, root);
      double inverse = 0;
      for (int i = begin; i <= end; i++) {
        inverse += 1.0 / weights[spots.get(i).weight.level()];
      }
      int first = spots.get(begin).position;
      int last = spots.get(end).position;
      int noise = last - first - (end - begin);
      noise = noise < 0 ? (end - begin) / 2 : noise;
      rank += (end - begin + 1) / inverse / (1 + noise);
      double center = (last + first) / 2.0;
      if (extents > 0 && center > lastCenter) {
        distances += 1.0 / (center - lastCenter);
      }
      lastCenter = center;
      extents++;
      from = begin + 1;
    }
    return (float) normalized(rank, document, extents, distances);
  }

  private double normalized(double rank, TextVector document, int extents, double distances) {
    double result = rank;
    if ((method & BY_LOG_LENGTH) != 0 && !document.isEmpty()) {
      result /= Math.log(document.length() + 1.0);
    }
    if ((method & BY_LENGTH) != 0 && !document.isEmpty()) {
      result /= document.length();
    }
    if ((method & BY_EXTENT_DISTANCE) != 0 && extents > 0 && distances > 0) {
      result /= extents / distances;
    }
    if ((method & BY_UNIQUE) != 0 && !document.isEmpty()) {
      result /= document.lexemes().size();
    }
    if ((method & BY_LOG_UNIQUE) != 0 && !document.isEmpty()) {
      result /= Math.log(document.lexemes().size() + 1.0) / Math.log(2.0);
    }
    return (method & BY_RANK_PLUS_ONE) != 0 ? result / (result + 1) : result;
  }

  /// Every place of a word the query names, in the order of the document.
  private static List<Spot> spots(TextVector document, Node root) {
    TreeMap<Integer, Spot> byPosition = new TreeMap<>(Comparator.naturalOrder());
    Set<Operand> all = new HashSet<>();
    collect(root, all);
    for (Operand operand : all) {
      for (Lexeme lexeme : document.matching(operand)) {
        for (int i = 0; i < count(lexeme); i++) {
          Weight weight = lexeme.hasPositions() ? lexeme.weight(i) : Weight.D;
          if (operand.weights() == 0 || (operand.weights() & weight.bit()) != 0) {
            // Several lexemes may stand at one place, each with a weight of its own.
            int key = position(lexeme, i) << 2 | weight.level();
            byPosition
                .computeIfAbsent(key, _ -> new Spot(key >>> 2, weight, new HashSet<>()))
                .operands
                .add(operand);
          }
        }
      }
    }
    return List.copyOf(byPosition.values());
  }

  private static void collect(Node node, Set<Operand> found) {
    switch (node) {
      case Operand operand -> found.add(operand);
      case Not(var child) -> collect(child, found);
      case Binary binary -> {
        collect(binary.left(), found);
        collect(binary.right(), found);
      }
    }
  }

  /// The first place up to which the query matches, -1 when there is none.
  private static int coverEnd(List<Spot> spots, int from, Node root) {
    for (int end = from; end < spots.size(); end++) {
      if (matches(spots, from, end, root)) {
        return end;
      }
    }
    return -1;
  }

  /// The last place from which the query matches up to `end`.
  private static int coverBegin(List<Spot> spots, int from, int end, Node root) {
    for (int begin = end; begin > from; begin--) {
      if (matches(spots, begin, end, root)) {
        return begin;
      }
    }
    return from;
  }

  private static boolean matches(List<Spot> spots, int from, int to, Node root) {
    return new Matcher(
            operand -> {
              int[] positions =
                  spots.subList(from, to + 1).stream()
                      .filter(spot -> spot.operands.contains(operand))
                      .mapToInt(Spot::position)
                      .distinct()
                      .toArray();
              return positions.length == 0
                  ? Matcher.Places.NONE
                  : new Matcher.Places(true, true, positions);
            })
        .matches(root);
  }
}
