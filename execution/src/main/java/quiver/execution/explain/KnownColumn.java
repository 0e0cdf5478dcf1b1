package quiver.execution.explain;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnProfile;
import quiver.common.function.ComparisonKind;
import quiver.common.value.DatumOrder;

/// A column of a plan that is a column of an analysed table: shares of its rows.
///
/// Source: PostgreSQL 15's selfuncs.c.
///
/// @param tableRows rows of the table
/// @param unique whether no value occurs twice
record KnownColumn(ColumnProfile profile, double tableRows, boolean unique) {
  private static final double BIN_MIDDLE = 0.5;
  private static final double NARROWEST = 0.01;

  /// Distinct values in the table.
  double distinct() {
    double distinct = unique ? tableRows : profile.distinctAmong(tableRows);
    return distinct <= 0 ? Math.min(200, Math.max(1, tableRows)) : Math.max(1, distinct);
  }

  /// Distinct values among some of the rows, taken blindly.
  double distinctIn(double rows) {
    double all = distinct() + (profile.nullFraction() > 0 ? 1 : 0);
    return rows >= tableRows || tableRows <= 0
        ? all
        : all * (1 - Math.pow((tableRows - rows) / tableRows, tableRows / all));
  }

  private double commonShare() {
    return profile.commonFrequencies().stream().mapToDouble(Double::doubleValue).sum();
  }

  /// The share of rows with a value that is not known yet.
  double equalToSome() {
    double share = (1 - profile.nullFraction()) / distinct();
    return profile.commonFrequencies().isEmpty()
        ? clamp(share)
        : clamp(Math.min(share, profile.commonFrequencies().getFirst()));
  }

  double equalTo(Object value) {
    if (unique) {
      return clamp(1 / Math.max(1, tableRows));
    }
    if (!isComparable(value)) {
      return equalToSome();
    }
    DatumOrder order = DatumOrder.of(profile.type());
    for (int i = 0; i < profile.commonValues().size(); i++) {
      if (order.compare(profile.commonValues().get(i), value) == 0) {
        return profile.commonFrequencies().get(i);
      }
    }
    double share = clamp(1 - commonShare() - profile.nullFraction());
    double others = distinct() - profile.commonValues().size();
    if (others > 1) {
      share /= others;
    }
    return profile.commonFrequencies().isEmpty()
        ? clamp(share)
        : clamp(Math.min(share, profile.commonFrequencies().getLast()));
  }

  /// Whether a value is of the class the profile's values have.
  boolean isComparable(Object value) {
    List<Object> some =
        profile.commonValues().isEmpty() ? profile.bounds() : profile.commonValues();
    return !some.isEmpty() && some.getFirst().getClass() == value.getClass();
  }

  /// The share of rows that are below (LT, LE) or above (GT, GE) a value.
  double beyond(ComparisonKind kind, Object value) {
    DatumOrder order = DatumOrder.of(profile.type());
    double common = 0;
    for (int i = 0; i < profile.commonValues().size(); i++) {
      if (holds(kind, order.compare(profile.commonValues().get(i), value))) {
        common += profile.commonFrequencies().get(i);
      }
    }
    double rest = 1 - profile.nullFraction() - commonShare();
    double share = profile.bounds().size() > 1 ? histogramShare(kind, value, order) : BIN_MIDDLE;
    return clamp(clamp(rest) * share + common);
  }

  private static boolean holds(ComparisonKind kind, int compared) {
    return switch (kind) {
      case LT -> compared < 0;
      case LE -> compared <= 0;
      case GT -> compared > 0;
      case GE -> compared >= 0;
      case EQ -> compared == 0;
      case NE -> compared != 0;
    };
  }

  private double histogramShare(ComparisonKind kind, Object value, DatumOrder order) {
    List<Object> bounds = profile.bounds();
    boolean above = kind == ComparisonKind.GT || kind == ComparisonKind.GE;
    boolean inclusive = kind == ComparisonKind.LE || kind == ComparisonKind.GE;
    // Bounds that are on the lower side of the value.
    boolean countsEqual = above != inclusive;
    int below = 0;
    for (Object bound : bounds) {
      int compared = order.compare(bound, value);
      below += compared < 0 || (compared == 0 && countsEqual) ? 1 : 0;
    }
    double share;
    if (below == 0) {
      share = 0;
    } else if (below == bounds.size()) {
      share = 1;
    } else {
      double bin = bin(value, bounds.get(below - 1), bounds.get(below));
      double each = 0;
      double others = distinct() - profile.commonValues().size();
      if (others > 1) {
        each = 1 / others;
      }
      share = (below - 1 + bin) / (bounds.size() - 1);
      if (below == 1) {
        share += each * (1 - bin);
      }
      if (above == inclusive) {
        share -= each;
      }
    }
    double found = above ? 1 - share : share;
    if (unique) {
      return clamp(found);
    }
    double cutoff = NARROWEST / (bounds.size() - 1);
    return Math.clamp(found, cutoff, 1 - cutoff);
  }

  /// Where a value is between two bounds, from 0 to 1.
  private static double bin(Object value, Object low, Object high) {
    Optional<double[]> scalars = ScalarPosition.of(value, low, high);
    if (scalars.isEmpty()) {
      return BIN_MIDDLE;
    }
    double at = scalars.get()[0];
    double from = scalars.get()[1];
    double to = scalars.get()[2];
    if (to <= from) {
      return BIN_MIDDLE;
    }
    double bin = at <= from ? 0 : at >= to ? 1 : (at - from) / (to - from);
    return Double.isNaN(bin) ? BIN_MIDDLE : bin;
  }

  /// The share of pairs of rows that have equal values.
  static double join(@Nullable KnownColumn left, @Nullable KnownColumn right) {
    double leftDistinct = left == null ? 200 : left.distinct();
    double rightDistinct = right == null ? 200 : right.distinct();
    double present =
        (left == null ? 1 : 1 - left.profile.nullFraction())
            * (right == null ? 1 : 1 - right.profile.nullFraction());
    if (left == null
        || right == null
        || left.profile.commonValues().isEmpty()
        || right.profile.commonValues().isEmpty()
        || left.profile.base() != right.profile.base()
        || left.profile.array() != right.profile.array()) {
      return present / Math.max(leftDistinct, rightDistinct);
    }
    return joinByCommon(left, right);
  }

  private static double joinByCommon(KnownColumn left, KnownColumn right) {
    DatumOrder order = DatumOrder.of(left.profile.type());
    double both = 0;
    double leftMatched = 0;
    double rightMatched = 0;
    int matches = 0;
    for (int i = 0; i < left.profile.commonValues().size(); i++) {
      for (int j = 0; j < right.profile.commonValues().size(); j++) {
        if (order.compare(left.profile.commonValues().get(i), right.profile.commonValues().get(j))
            == 0) {
          double one = left.profile.commonFrequencies().get(i);
          double other = right.profile.commonFrequencies().get(j);
          both += one * other;
          leftMatched += one;
          rightMatched += other;
          matches++;
          break;
        }
      }
    }
    return Math.min(
        both + left.unmatched(leftMatched, right, rightMatched, matches),
        both + right.unmatched(rightMatched, left, leftMatched, matches));
  }

  private double unmatched(double matched, KnownColumn other, double otherMatched, int matches) {
    double single = clamp(commonShare() - matched);
    double rest = clamp(1 - profile.nullFraction() - commonShare());
    double otherSingle = clamp(other.commonShare() - otherMatched);
    double otherRest = clamp(1 - other.profile.nullFraction() - other.commonShare());
    double share = 0;
    double others = other.distinct() - other.profile.commonValues().size();
    if (others > 0) {
      share += single * otherRest / others;
    }
    double unmatchedCount = other.distinct() - matches;
    if (unmatchedCount > 0) {
      share += rest * (otherRest + otherSingle) / unmatchedCount;
    }
    return share;
  }

  static double clamp(double share) {
    return Math.clamp(share, 0.0, 1.0);
  }
}
