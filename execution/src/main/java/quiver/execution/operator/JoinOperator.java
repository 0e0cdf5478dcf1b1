package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.plan.JoinKind;
import quiver.common.type.SqlType;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.rows.ColumnBuilder;
import quiver.execution.rows.MemoryAccount;
import quiver.execution.rows.RowCollector;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.spill.SpillFile;
import quiver.execution.spill.SpillPartitions;

/// A join against a right side held in memory. Pairs come from a [PairSource]; this class applies
/// the condition and knows what each kind of join emits. When the right side of a hash join
/// outgrows the work memory, both sides are spread over files by key and joined pair by pair.
final class JoinOperator implements BatchOperator {
  private final Description description;
  private final Operator left;
  private final OperatorFactory rightFactory;
  private final ExecutionContext context;
  private final EvaluationScope scope;
  private final MemoryAccount memory;
  private final int[] leftRows = new int[PairSource.PAIR_COUNT_MAX];
  private final int[] rightRows = new int[PairSource.PAIR_COUNT_MAX];
  private final boolean maySpill;
  private final int level;
  private final RowCollector output;
  private @Nullable State state;
  private @Nullable RowBatch batch;
  private RowMask leftMatched = RowMask.none(0);
  private boolean leftDone;
  private int unmatchedFrom;
  private @Nullable SpillPartitions leftFiles;
  private @Nullable SpillPartitions rightFiles;
  private int partition;
  private @Nullable JoinOperator child;
  private long spilledBytes;

  /// What does not change between executions.
  ///
  /// @param leftKeys empty for a nested loop
  /// @param keyTypes types of the right keys
  record Description(
      JoinKind kind,
      List<SqlType> leftTypes,
      List<SqlType> rightTypes,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      List<SqlType> keyTypes,
      Optional<CompiledExpression> condition) {
    boolean emitsRight() {
      return switch (kind) {
        case INNER, LEFT, RIGHT, FULL -> true;
        case SEMI, ANTI, NULL_AWARE_ANTI -> false;
      };
    }

    List<SqlType> outputTypes() {
      List<SqlType> types = new ArrayList<>(leftTypes);
      if (emitsRight()) {
        types.addAll(rightTypes);
      }
      return types;
    }
  }

  /// The right side.
  private record State(RowBatch right, PairSource pairs, RowMask rightMatched) {}

  JoinOperator(
      Description description,
      Operator left,
      OperatorFactory rightFactory,
      ExecutionContext context) {
    this(description, left, rightFactory, 0, context);
  }

  /// @param level how often the rows have been spread over files already
  private JoinOperator(
      Description description,
      Operator left,
      OperatorFactory rightFactory,
      int level,
      ExecutionContext context) {
    this.level = level;
    this.description = description;
    this.left = left;
    this.rightFactory = rightFactory;
    this.context = context;
    this.scope = EvaluationScope.of(context);
    this.memory = new MemoryAccount(context);
    this.output = new RowCollector(description.outputTypes());
    this.maySpill =
        context.settings().spillDirectory().isPresent()
            && !description.leftKeys().isEmpty()
            && description.kind() != JoinKind.NULL_AWARE_ANTI
            && level < SpillPartitions.LEVEL_MAX
            && SpillFile.canHold(description.leftTypes())
            && SpillFile.canHold(description.rightTypes());
  }

  private State build() {
    RowCollector collector = new RowCollector(description.rightTypes());
    try (Operator operator = rightFactory.open(context)) {
      for (var next = operator.next(); next.isPresent(); next = operator.next()) {
        context.cancel().check();
        SpillPartitions files = rightFiles;
        if (files != null) {
          files.append(next.get());
          continue;
        }
        collector.append(next.get());
        memory.setTo(collector.sizeBytes());
        if (maySpill && memory.isOverWorkMemory()) {
          rightFiles = partitions(description.rightTypes(), description.rightKeys());
          rightFiles.append(collector.take());
          memory.setTo(0);
        }
      }
    }
    long rowBytes = collector.sizeBytes();
    RowBatch right = collector.take();
    PairSource pairs;
    if (description.leftKeys().isEmpty()) {
      pairs = new LoopPairs(right.rowCount());
    } else {
      HashPairs hashed =
          new HashPairs(
              right,
              description.leftKeys(),
              description.rightKeys(),
              description.keyTypes(),
              description.kind() == JoinKind.NULL_AWARE_ANTI);
      memory.setTo(rowBytes + hashed.sizeBytes());
      pairs = hashed;
    }
    return new State(right, pairs, RowMask.none(right.rowCount()));
  }

  @Override
  public Optional<RowBatch> next() {
    State built = state;
    if (built == null) {
      built = build();
      if (rightFiles != null) {
        spreadLeft();
      }
      state = built;
      if (rightFiles == null && built.right().rowCount() == 0 && emptyRightMeansEmpty()) {
        leftDone = true;
      }
    }
    if (rightFiles != null && leftFiles != null) {
      return nextOfPartitions(leftFiles, rightFiles);
    }
    while (output.rowCount() < RowBatch.ROW_COUNT_TARGET && !leftDone) {
      context.cancel().check();
      step(built);
    }
    if (leftDone && output.rowCount() < RowBatch.ROW_COUNT_TARGET) {
      emitUnmatchedRight(built);
    }
    return output.rowCount() == 0 ? Optional.empty() : Optional.of(output.take());
  }

  private SpillPartitions partitions(List<SqlType> types, List<Integer> keys) {
    return new SpillPartitions(
        context.settings().spillDirectory().orElseThrow(),
        types,
        keys,
        description.keyTypes(),
        level);
  }

  private void spreadLeft() {
    SpillPartitions files = partitions(description.leftTypes(), description.leftKeys());
    leftFiles = files;
    for (var next = left.next(); next.isPresent(); next = left.next()) {
      context.cancel().check();
      files.append(next.get());
    }
  }

  /// Joins one pair of files after the other: equal keys are in files of the same number, and each
  /// row is in exactly one.
  private Optional<RowBatch> nextOfPartitions(SpillPartitions lefts, SpillPartitions rights) {
    if (partition == 0 && child == null) {
      spilledBytes += lefts.sizeBytes() + rights.sizeBytes();
    }
    while (true) {
      JoinOperator running = child;
      if (running == null) {
        if (partition == SpillPartitions.PARTITION_COUNT) {
          return Optional.empty();
        }
        SpillFile rightRows = rights.file(partition);
        Operator leftRows = new SourceOperator(lefts.file(partition).read(), context.cancel());
        partition++;
        running =
            new JoinOperator(
                description,
                leftRows,
                inner -> new SourceOperator(rightRows.read(), inner.cancel()),
                level + 1,
                context);
        child = running;
      }
      Optional<RowBatch> rows = running.next();
      if (rows.isPresent()) {
        return rows;
      }
      closeChild();
    }
  }

  private void closeChild() {
    JoinOperator running = child;
    if (running != null) {
      running.close();
      spilledBytes += running.spilledBytes();
      child = null;
    }
  }

  private boolean emptyRightMeansEmpty() {
    return switch (description.kind()) {
      case INNER, SEMI, RIGHT -> true;
      case LEFT, FULL, ANTI, NULL_AWARE_ANTI -> false;
    };
  }

  /// Takes the next pairs, or the next batch of left rows, or finds that there are no more.
  private void step(State built) {
    RowBatch current = batch;
    if (current == null) {
      Optional<RowBatch> next = left.next();
      if (next.isEmpty()) {
        leftDone = true;
        return;
      }
      current = next.get();
      batch = current;
      leftMatched = RowMask.none(current.rowCount());
      built.pairs().start(current);
    }
    int count = built.pairs().next(leftRows, rightRows);
    if (count == 0) {
      emitFinished(current);
      batch = null;
      return;
    }
    join(current, built, count);
  }

  private void join(RowBatch current, State built, int pairCount) {
    JoinedRows pairs = new JoinedRows(current, built.right(), leftRows, rightRows, pairCount);
    if (description.condition().isPresent()) {
      int[] selected = new int[pairCount];
      int count = description.condition().get().selectTrue(pairs, scope, selected);
      if (count == 0) {
        return;
      }
      if (count < pairCount) {
        pairs = pairs.select(selected, count);
      }
    }
    for (int i = 0; i < pairs.rowCount(); i++) {
      leftMatched.add(pairs.leftRow(i));
    }
    switch (description.kind()) {
      case INNER, LEFT -> emit(pairs);
      case RIGHT, FULL -> {
        for (int i = 0; i < pairs.rowCount(); i++) {
          built.rightMatched().add(pairs.rightRow(i));
        }
        emit(pairs);
      }
      case SEMI, ANTI, NULL_AWARE_ANTI -> {}
    }
  }

  private void emit(JoinedRows pairs) {
    output.append(
        RowsOperator.materialize(
            pairs, description.leftTypes().size() + description.rightTypes().size()));
  }

  /// Emits what is known of left rows once all their pairs have been seen.
  private void emitFinished(RowBatch current) {
    switch (description.kind()) {
      case INNER, RIGHT -> {}
      case SEMI -> {
        int[] rows = leftMatched.toRows();
        output.append(current, rows, rows.length);
      }
      case ANTI, NULL_AWARE_ANTI -> {
        int[] rows = unmatched(current.rowCount());
        output.append(current, rows, rows.length);
      }
      case LEFT, FULL -> {
        int[] rows = unmatched(current.rowCount());
        if (rows.length > 0) {
          List<Column> columns = new ArrayList<>(current.gather(rows, 0, rows.length).columns());
          addNulls(description.rightTypes(), rows.length, columns);
          output.append(new RowBatch(rows.length, columns));
        }
      }
    }
  }

  private int[] unmatched(int rowCount) {
    RowMask rows = RowMask.all(rowCount);
    rows.removeAll(leftMatched);
    return rows.toRows();
  }

  static void addNulls(List<SqlType> types, int rowCount, List<Column> columns) {
    for (SqlType type : types) {
      columns.add(ColumnBuilder.repeat(type, null, rowCount));
    }
  }

  private void emitUnmatchedRight(State built) {
    boolean wanted = description.kind() == JoinKind.RIGHT || description.kind() == JoinKind.FULL;
    RowBatch right = built.right();
    int[] rows = new int[RowBatch.ROW_COUNT_TARGET];
    int count = 0;
    while (wanted && unmatchedFrom < right.rowCount() && count < rows.length) {
      if (!built.rightMatched().contains(unmatchedFrom)) {
        rows[count++] = unmatchedFrom;
      }
      unmatchedFrom++;
    }
    if (count > 0) {
      List<Column> columns = new ArrayList<>();
      addNulls(description.leftTypes(), count, columns);
      columns.addAll(right.gather(rows, 0, count).columns());
      output.append(new RowBatch(count, columns));
    }
  }

  @Override
  public long memoryBytesMax() {
    return memory.heldBytesMax();
  }

  @Override
  public long spilledBytes() {
    return spilledBytes;
  }

  @Override
  public void close() {
    leftDone = true;
    state = null;
    batch = null;
    closeChild();
    partition = SpillPartitions.PARTITION_COUNT;
    if (leftFiles != null) {
      leftFiles.close();
    }
    if (rightFiles != null) {
      rightFiles.close();
    }
    left.close();
    memory.close();
  }
}
