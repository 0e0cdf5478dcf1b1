package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.Deferral;

/// A constraint of a column or a table; in a column constraint the column lists are empty and mean
/// the column itself.
///
/// @param name of `CONSTRAINT name`, else null
public record Constraint(
    @Nullable SqlIdentifier name, Body body, Deferral deferral, boolean notValid, int position) {

  /// The same with something else demanded.
  public Constraint with(Body newBody) {
    return new Constraint(name, newBody, deferral, notValid, position);
  }

  /// What is demanded.
  public sealed interface Body {}

  /// NOT NULL.
  public record NotNull() implements Body {}

  /// NULL, which says nothing.
  public record Null() implements Body {}

  /// `DEFAULT expression`.
  public record DefaultValue(SqlNode expression) implements Body {}

  /// `CHECK (expression) [NO INHERIT]`.
  public record Check(SqlNode expression, boolean noInherit) implements Body {}

  /// UNIQUE, and PRIMARY KEY if `primary`; `usingIndex` is set for `USING INDEX name` alone.
  public record Unique(
      boolean primary,
      boolean nullsNotDistinct,
      List<SqlIdentifier> columns,
      List<SqlIdentifier> include,
      List<Option> options,
      @Nullable SqlIdentifier usingIndex)
      implements Body {
    public Unique {
      columns = List.copyOf(columns);
      include = List.copyOf(include);
      options = List.copyOf(options);
    }
  }

  /// What a referenced row's change does.
  public enum Action {
    NO_ACTION,
    RESTRICT,
    CASCADE,
    SET_NULL,
    SET_DEFAULT
  }

  /// How partly null keys match.
  public enum Match {
    SIMPLE,
    FULL,
    PARTIAL
  }

  /// `[FOREIGN KEY (columns)] REFERENCES table (referencedColumns)`; `setColumns` of `ON DELETE SET
  /// NULL (columns)` are all of them if none is named.
  public record ForeignKey(
      List<SqlIdentifier> columns,
      SqlIdentifier table,
      List<SqlIdentifier> referencedColumns,
      Match match,
      Action onDelete,
      Action onUpdate,
      List<SqlIdentifier> setColumns)
      implements Body {
    public ForeignKey {
      columns = List.copyOf(columns);
      referencedColumns = List.copyOf(referencedColumns);
      setColumns = List.copyOf(setColumns);
    }
  }

  /// `GENERATED ALWAYS AS (expression) STORED`.
  public record Generated(SqlNode expression) implements Body {}

  /// `GENERATED ALWAYS | BY DEFAULT AS IDENTITY (options)`.
  public record Identity(boolean always, List<SequenceOption> options) implements Body {
    public Identity {
      options = List.copyOf(options);
    }
  }
}
