package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.ColumnProfile;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableStatistics;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.execution.analyze.ColumnSample;
import quiver.rpc.ClusterService.SegmentStatus;

/// ANALYZE: reads a sample of a table's rows, all of them if they are few.
public final class TableAnalysis {
  /// Rows of the sample for each common value that may be kept.
  ///
  /// Source: PostgreSQL 15's analyze.c, after Chaudhuri, Motwani and Narasayya 1998.
  private static final int ROWS_PER_TARGET = 300;

  /// Longer bit strings are too wide to be looked at: whether they are NULL is enough.
  private static final int BITS_SEEN_MAX = 8000;

  private static final int PAGE_BYTES = 8192 - 24;
  private static final int ROW_HEAD_BYTES = 23;
  private static final int LINE_POINTER_BYTES = 4;

  /// Wider values are stored elsewhere.
  private static final int INLINE_BYTES_MAX = 2000;

  private static final int POINTER_BYTES = 18;

  private final StatementServices services;
  private final StatementScope scope;
  private final InnerStatements statements;
  private final int usualTarget;

  /// @param usualTarget `default_statistics_target`
  public TableAnalysis(StatementServices services, StatementScope scope, int usualTarget) {
    this.services = services;
    this.scope = scope;
    this.statements = new InnerStatements(services, scope);
    this.usualTarget = usualTarget;
  }

  /// What was found.
  ///
  /// @param sampled rows that were looked at
  public record Found(DdlCommand.StoreStatistics command, long sampled) {}

  /// A column and its values.
  private record Sampled(ColumnDefinition column, ColumnSample sample, boolean seen) {}

  private record Row(long address, @Nullable Object[] values) {}

  /// @param wanted columns to look at
  /// @param whole whether those are all
  public Found analyze(
      TableDefinition table,
      Predicate<ColumnDefinition> wanted,
      boolean whole,
      long micros,
      boolean automatic) {
    TableStatistics known = scope.catalog().statistics(table.id());
    List<Sampled> columns = new ArrayList<>();
    int targetMax = 1;
    for (ColumnDefinition column : table.columns()) {
      int target = known.targets().getOrDefault(column.id(), usualTarget);
      if (wanted.test(column) && target > 0) {
        columns.add(new Sampled(column, new ColumnSample(column, target), isSeen(column.type())));
        targetMax = Math.max(targetMax, target);
      }
    }
    long rowCount = count(table);
    long sampleMax = (long) ROWS_PER_TARGET * targetMax;
    List<Row> rows =
        read(table, columns, rowCount <= sampleMax ? 100 : percent(sampleMax, rowCount));
    for (Row row : rows) {
      for (int i = 0; i < columns.size(); i++) {
        add(columns.get(i), row.values()[i]);
      }
    }
    List<ColumnProfile> profiles =
        columns.stream().map(column -> column.sample().profile((double) rowCount)).toList();
    TableStatistics.Analysis analysis =
        new TableStatistics.Analysis(
            rowCount, deadCount(table.id()), pages(table, profiles, rowCount), micros, automatic);
    boolean all = whole && columns.size() == table.columns().size();
    return new Found(
        new DdlCommand.StoreStatistics(
            table.id(), analysis, rowCount == 0 ? List.of() : profiles, all && rowCount > 0),
        rows.size());
  }

  private static double percent(long sampleMax, long rowCount) {
    return 100.0 * sampleMax / rowCount;
  }

  /// Whether a column's values are read, or only whether they are NULL.
  private static boolean isSeen(SqlType type) {
    return type.array()
        || switch (type.base()) {
          case VECTOR, HALFVEC -> type.modifier() <= 0;
          case BIT -> type.modifier() <= BITS_SEEN_MAX;
          default -> true;
        };
  }

  private static void add(Sampled column, @Nullable Object value) {
    if (column.seen()) {
      column.sample().add(value);
    } else if (Boolean.TRUE.equals(value)) {
      column.sample().add(null);
    } else {
      column.sample().addUnseen(declaredWidth(column.column().type()));
    }
  }

  private static int declaredWidth(SqlType type) {
    int size =
        switch (type.base()) {
          case VECTOR -> 4 + 4 * type.modifier();
          case HALFVEC -> 4 + 2 * type.modifier();
          default -> 4 + (type.modifier() + 7) / 8;
        };
    return size < 127 ? size + 1 : size + 4;
  }

  private long count(TableDefinition table) {
    long count = 0;
    for (RowBatch batch :
        statements.query("SELECT count(*) FROM ONLY " + name(table), List.of(), List.of())) {
      count += batch.column(0).valueAt(0) instanceof Long counted ? counted : 0;
    }
    return count;
  }

  private static String name(TableDefinition table) {
    return DefinitionText.identifier(table.schema())
        + "."
        + DefinitionText.identifier(table.name());
  }

  /// The rows of the sample, in the order of their addresses.
  private List<Row> read(TableDefinition table, List<Sampled> columns, double percent) {
    StringBuilder sql = new StringBuilder("SELECT ctid");
    for (Sampled column : columns) {
      sql.append(", ").append(DefinitionText.identifier(column.column().name()));
      if (!column.seen()) {
        sql.append(" IS NULL");
      }
    }
    sql.append(" FROM ONLY ").append(name(table));
    if (percent < 100) {
      sql.append(" TABLESAMPLE BERNOULLI (").append(percent).append(") REPEATABLE (0)");
    }
    List<Row> rows = new ArrayList<>();
    statements.read(
        sql.toString(),
        List.of(),
        List.of(),
        batch -> {
          for (int row = 0; row < batch.rowCount(); row++) {
            rows.add(row(batch, row, columns));
          }
        });
    rows.sort(Comparator.comparingLong(Row::address));
    return rows;
  }

  private static Row row(RowBatch batch, int row, List<Sampled> columns) {
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = batch.column(i + 1).valueAt(row);
      values[i] = columns.get(i).seen() ? columns.get(i).sample().kept(value) : value;
    }
    return new Row(batch.column(0).valueAt(row) instanceof Long address ? address : 0, values);
  }

  private long deadCount(long tableId) {
    return services.cluster().segments().stream()
        .filter(segment -> segment.tableId() == tableId)
        .mapToLong(SegmentStatus::deletedCount)
        .sum();
  }

  /// The pages PostgreSQL would need.
  private static long pages(TableDefinition table, List<ColumnProfile> profiles, long rowCount) {
    int width = ROW_HEAD_BYTES;
    if (profiles.stream().anyMatch(profile -> profile.nullFraction() > 0)) {
      width += (table.columns().size() + 7) / 8;
    }
    width = aligned(width, 8);
    for (ColumnDefinition column : table.columns()) {
      Optional<ColumnProfile> profile =
          profiles.stream().filter(each -> each.columnId() == column.id()).findFirst();
      int each = profile.map(ColumnProfile::averageWidth).orElse(column.type().base().typeLength());
      if (profile.isEmpty() || profile.get().nullFraction() < 1) {
        boolean fixed = !column.type().array() && column.type().base().typeLength() > 0;
        width = fixed && each <= 8 && Integer.bitCount(each) == 1 ? aligned(width, each) : width;
        width += each > INLINE_BYTES_MAX ? POINTER_BYTES : Math.max(0, each);
      }
    }
    int perPage = Math.max(1, PAGE_BYTES / (aligned(width, 8) + LINE_POINTER_BYTES));
    return (rowCount + perPage - 1) / perPage;
  }

  private static int aligned(int size, int alignment) {
    return (size + alignment - 1) / alignment * alignment;
  }
}
