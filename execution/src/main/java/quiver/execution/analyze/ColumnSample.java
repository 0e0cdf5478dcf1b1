package quiver.execution.analyze;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.ColumnProfile;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;

/// The values of one column in a sample of a table's rows, and what they tell of the column.
///
/// Source: PostgreSQL 15's analyze.c (`std_typanalyze`): the estimator of Haas and Stokes for the
/// number of distinct values, most common values as far as they stand out, and bounds of parts of
/// equal size among the rest. Used by one thread.
public final class ColumnSample {
  /// Wider values are counted and not looked at.
  private static final int WIDE_BYTES = 1024;

  /// More distinct values than this share of the rows: they grow with the table.
  private static final double GROWING_SHARE = 0.1;

  private final ColumnDefinition column;
  private final SqlType type;
  private final int target;
  private final Optional<DatumOrder> order;
  private final List<Object> values = new ArrayList<>();
  private long nullCount;
  private long presentCount;
  private long wideCount;
  private double totalWidth;

  /// @param target how many common values and parts there may be
  public ColumnSample(ColumnDefinition column, int target) {
    this.column = column;
    this.type = column.type();
    this.target = target;
    this.order = hasDistribution(type) ? Optional.of(DatumOrder.of(type)) : Optional.empty();
  }

  /// Whether common values and parts say something about values of a type.
  private static boolean hasDistribution(SqlType type) {
    if (!DatumOrder.isOrdered(type.array() ? type.element() : type)) {
      return false;
    }
    return type.array()
        || switch (type.base()) {
          case VECTOR, HALFVEC, SPARSEVEC, TSVECTOR -> false;
          case INT4RANGE, NUMRANGE, TSRANGE, TSTZRANGE, DATERANGE, INT8RANGE -> false;
          case INT4MULTIRANGE,
              NUMMULTIRANGE,
              TSMULTIRANGE,
              TSTZMULTIRANGE,
              DATEMULTIRANGE,
              INT8MULTIRANGE ->
              false;
          default -> true;
        };
  }

  /// A value that is too wide to be looked at.
  private record Wide(int width) {}

  /// What has to be kept of a value until [#add].
  public @Nullable Object kept(@Nullable Object value) {
    if (value == null || StoredWidth.isFixed(type)) {
      return value;
    }
    int width = StoredWidth.of(type, value);
    return width > WIDE_BYTES || order.isEmpty() ? new Wide(width) : value;
  }

  /// The value of the next row, or what was kept of it.
  public void add(@Nullable Object value) {
    if (value == null) {
      nullCount++;
      return;
    }
    if (value instanceof Wide(int width)) {
      addUnseen(width);
      return;
    }
    presentCount++;
    int width = StoredWidth.of(type, value);
    totalWidth += width;
    if (width > WIDE_BYTES) {
      wideCount++;
    } else if (order.isPresent()) {
      values.add(value);
    }
  }

  /// The next row has a value of this width that nobody needs to see.
  public void addUnseen(int width) {
    presentCount++;
    wideCount++;
    totalWidth += width;
  }

  private record Numbered(Object value, int position) {}

  /// Equal values in the sample.
  ///
  /// @param first where they begin in the sorted sample
  private record Group(int first, int count) {}

  /// What the sample says.
  ///
  /// @param rowCount rows of the table
  public ColumnProfile profile(double rowCount) {
    long sampled = nullCount + presentCount;
    double nullFraction = sampled == 0 ? 0 : (float) ((double) nullCount / sampled);
    if (values.isEmpty()) {
      double distinct = presentCount > 0 && isCountable() ? -(1 - nullFraction) : 0;
      return profile(nullFraction, distinct, List.of(), List.of(), List.of(), Optional.empty());
    }
    Numbered[] sorted = sorted();
    List<Group> groups = groups(sorted);
    List<Group> repeated = mostCommon(groups);
    double distinct = distinct(groups, nullFraction, rowCount);
    int kept = commonCount(groups, repeated, distinct, nullFraction, rowCount);
    List<Object> common = new ArrayList<>();
    List<Double> frequencies = new ArrayList<>();
    for (Group group : repeated.subList(0, kept)) {
      common.add(sorted[group.first()].value());
      frequencies.add((double) (float) ((double) group.count() / sampled));
    }
    List<Object> bounds = bounds(sorted, groups.size() - kept, repeated.subList(0, kept));
    return profile(nullFraction, distinct, common, frequencies, bounds, correlation(sorted));
  }

  /// Whether PostgreSQL takes values it has not compared for different ones.
  private boolean isCountable() {
    return DatumOrder.isOrdered(type.array() ? type.element() : type);
  }

  private ColumnProfile profile(
      double nullFraction,
      double distinct,
      List<Object> common,
      List<Double> frequencies,
      List<Object> bounds,
      Optional<Double> correlation) {
    int width =
        StoredWidth.isFixed(type)
            ? type.base().typeLength()
            : presentCount == 0 ? 0 : (int) (totalWidth / presentCount);
    return new ColumnProfile(
        column.id(),
        type.base(),
        type.array(),
        nullFraction,
        width,
        (float) distinct,
        common,
        frequencies,
        bounds,
        correlation);
  }

  private Numbered[] sorted() {
    DatumOrder datumOrder = order.orElseThrow();
    Numbered[] sorted = new Numbered[values.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = new Numbered(values.get(i), i);
    }
    Arrays.sort(sorted, (a, b) -> datumOrder.compare(a.value(), b.value()));
    return sorted;
  }

  private List<Group> groups(Numbered[] sorted) {
    DatumOrder datumOrder = order.orElseThrow();
    List<Group> groups = new ArrayList<>();
    int first = 0;
    for (int i = 1; i <= sorted.length; i++) {
      if (i == sorted.length || datumOrder.compare(sorted[i].value(), sorted[first].value()) != 0) {
        groups.add(new Group(first, i - first));
        first = i;
      }
    }
    return groups;
  }

  /// The values that occur more than once, the most common first, as many as wanted.
  private List<Group> mostCommon(List<Group> groups) {
    return groups.stream()
        .filter(group -> group.count() > 1)
        .sorted(Comparator.comparingInt(Group::count).reversed())
        .limit(target)
        .toList();
  }

  private double distinct(List<Group> groups, double nullFraction, double rowCount) {
    long repeated = groups.stream().filter(group -> group.count() > 1).count();
    double distinct;
    if (repeated == 0) {
      distinct = -(1 - nullFraction);
    } else if (wideCount == 0 && repeated == groups.size()) {
      distinct = groups.size();
    } else {
      double once = groups.size() - repeated + wideCount;
      double seen = once + repeated;
      double sampled = presentCount;
      double all = rowCount * (1 - nullFraction);
      double estimate = all > 0 ? sampled * seen / (sampled - once + once * sampled / all) : 0;
      distinct = Math.floor(Math.min(all, Math.max(seen, estimate)) + 0.5);
    }
    return distinct > GROWING_SHARE * rowCount ? -(distinct / rowCount) : distinct;
  }

  /// How many of the most common values are worth keeping: all, if the sample has nothing else;
  /// else those that stand out from what the others have in common.
  private int commonCount(
      List<Group> groups,
      List<Group> repeated,
      double distinct,
      double nullFraction,
      double rowCount) {
    double sampled = nullCount + (double) presentCount;
    boolean complete = repeated.size() == groups.size() && wideCount == 0 && distinct > 0;
    if (complete || sampled == rowCount || rowCount <= 1) {
      return repeated.size();
    }
    double all = distinct < 0 ? -distinct * rowCount : distinct;
    int count = repeated.size();
    double before = 0;
    for (int i = 0; i < count - 1; i++) {
      before += repeated.get(i).count();
    }
    while (count > 0) {
      double share = Math.clamp(1 - before / sampled - nullFraction, 0.0, 1.0);
      double others = all - (count - 1);
      if (others > 1) {
        share /= others;
      }
      double found = repeated.get(count - 1).count();
      double expected = rowCount * found / sampled;
      double variance =
          sampled
              * expected
              * (rowCount - expected)
              * (rowCount - sampled)
              / (rowCount * rowCount * (rowCount - 1));
      if (found > share * sampled + 2 * Math.sqrt(variance) + 0.5) {
        break;
      }
      count--;
      if (count > 0) {
        before -= repeated.get(count - 1).count();
      }
    }
    return count;
  }

  /// @param distinct values that are not among the common ones
  private List<Object> bounds(Numbered[] sorted, int distinct, List<Group> common) {
    int count = Math.min(distinct, target + 1);
    if (count < 2) {
      return List.of();
    }
    List<Object> rest = new ArrayList<>();
    List<Group> taken = common.stream().sorted(Comparator.comparingInt(Group::first)).toList();
    int from = 0;
    for (Group group : taken) {
      addAll(rest, sorted, from, group.first());
      from = group.first() + group.count();
    }
    addAll(rest, sorted, from, sorted.length);
    List<Object> bounds = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      bounds.add(rest.get((int) (i * (rest.size() - 1) / (count - 1))));
    }
    return bounds;
  }

  private static void addAll(List<Object> rest, Numbered[] sorted, int from, int to) {
    for (int i = from; i < to; i++) {
      rest.add(sorted[i].value());
    }
  }

  private static Optional<Double> correlation(Numbered[] sorted) {
    if (sorted.length < 2) {
      return Optional.empty();
    }
    double products = 0;
    for (int i = 0; i < sorted.length; i++) {
      products += (double) i * sorted[i].position();
    }
    double count = sorted.length;
    double sum = (count - 1) * count / 2;
    double squares = (count - 1) * count * (2 * count - 1) / 6;
    double correlation = (count * products - sum * sum) / (count * squares - sum * sum);
    return Optional.of((double) (float) correlation);
  }
}
