package quiver.common.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;

/// A checked definition that the root coordinator commits. Names are resolved; ids are the
/// coordinator's to give. Every command may meet a newer catalog than the one it was planned on:
/// the coordinator checks again.
public sealed interface DdlCommand {
  record CreateSchema(String name, boolean ifNotExists) implements DdlCommand {}

  record DropSchema(String name, boolean ifExists, boolean cascade) implements DdlCommand {}

  /// CREATE TABLE.
  ///
  /// @param primaryKey name (empty: `table_pkey`) and column names
  record CreateTable(
      String schema,
      String name,
      boolean ifNotExists,
      List<NewColumn> columns,
      Optional<NewKey> primaryKey,
      List<NewCheck> checks,
      int shardCount)
      implements DdlCommand {
    public CreateTable {
      columns = List.copyOf(columns);
      checks = List.copyOf(checks);
    }
  }

  /// A column of a new table.
  ///
  /// @param serial a sequence `table_column_seq` is made and owned; the default is its `nextval`
  record NewColumn(
      String name,
      SqlType type,
      boolean notNull,
      Optional<String> defaultSql,
      boolean serial,
      ColumnDefinition.Identity identity) {}

  record NewKey(Optional<String> name, List<String> columns) {
    public NewKey {
      columns = List.copyOf(columns);
    }
  }

  record NewCheck(Optional<String> name, Optional<String> column, String sql) {}

  record DropTable(List<QualifiedName> tables, boolean ifExists, boolean cascade)
      implements DdlCommand {
    public DropTable {
      tables = List.copyOf(tables);
    }
  }

  record Truncate(List<Long> tableIds, boolean restartIdentity) implements DdlCommand {
    public Truncate {
      tableIds = List.copyOf(tableIds);
    }
  }

  /// CREATE INDEX.
  ///
  /// @param name empty: `table_column_idx`, made unique
  record CreateIndex(
      long tableId,
      Optional<String> name,
      boolean ifNotExists,
      String method,
      List<Integer> columnIds,
      List<String> operatorClasses,
      Optional<DistanceMetric> metric,
      Map<String, String> options)
      implements DdlCommand {
    public CreateIndex {
      columnIds = List.copyOf(columnIds);
      operatorClasses = List.copyOf(operatorClasses);
      options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }
  }

  record DropIndex(List<QualifiedName> indexes, boolean ifExists) implements DdlCommand {
    public DropIndex {
      indexes = List.copyOf(indexes);
    }
  }

  record CreateSequence(SequenceDefinition definition, boolean ifNotExists) implements DdlCommand {}

  record DropSequence(List<QualifiedName> sequences, boolean ifExists) implements DdlCommand {
    public DropSequence {
      sequences = List.copyOf(sequences);
    }
  }

  /// A name with its schema.
  record QualifiedName(String schema, String name) {}
}
