package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionCommand;
import quiver.common.type.SqlType;
import quiver.planner.parser.node.SettingValue;
import quiver.planner.parser.node.Statement;
import quiver.planner.parser.node.TransactionMode;

/// Statements the session carries out by itself.
final class SessionBinder {
  private final Binding binding;
  private final RelationNames names;

  SessionBinder(Binding binding) {
    this.binding = binding;
    this.names = new RelationNames(binding.context());
  }

  static SessionCommand set(Statement.SetVariable statement) {
    return new SessionCommand.Set(
        statement.name(),
        statement.values().stream().map(SettingValue::text).toList(),
        statement.scope() == Statement.Scope.LOCAL);
  }

  /// What BEGIN and SET TRANSACTION say.
  private record Modes(Optional<String> isolation, Optional<Boolean> readOnly) {
    static Modes of(List<TransactionMode> modes) {
      Optional<String> isolation = Optional.empty();
      Optional<Boolean> readOnly = Optional.empty();
      for (TransactionMode mode : modes) {
        switch (mode) {
          case SERIALIZABLE, REPEATABLE_READ, READ_COMMITTED, READ_UNCOMMITTED ->
              isolation = Optional.of(mode.name().toLowerCase(Locale.ROOT).replace('_', ' '));
          case READ_ONLY -> readOnly = Optional.of(true);
          case READ_WRITE -> readOnly = Optional.of(false);
          // Says something about serializable transactions only, which are refused.
          case DEFERRABLE, NOT_DEFERRABLE -> {}
        }
      }
      return new Modes(isolation, readOnly);
    }
  }

  static SessionCommand begin(Statement.Begin statement) {
    Modes modes = Modes.of(statement.modes());
    return new SessionCommand.Begin(
        modes.isolation(),
        modes.readOnly(),
        statement.startTransaction() ? "START TRANSACTION" : "BEGIN");
  }

  static SessionCommand setTransaction(Statement.SetTransaction statement) {
    Modes modes = Modes.of(statement.modes());
    return new SessionCommand.SetTransaction(
        modes.isolation(), modes.readOnly(), statement.sessionDefault());
  }

  SessionCommand setConstraints(Statement.SetConstraints statement) {
    if (statement.names().isEmpty()) {
      return new SessionCommand.SetConstraints(Optional.empty(), statement.deferred());
    }
    Set<Long> ids = new HashSet<>();
    statement.names().forEach(name -> ids.addAll(deferrable(names.qualified(name))));
    return new SessionCommand.SetConstraints(Optional.of(List.copyOf(ids)), statement.deferred());
  }

  /// The constraints of a name, in the first schema that has any.
  private Set<Long> deferrable(RelationNames.QualifiedName name) {
    String schema = name.schema();
    if (schema != null && binding.context().catalog().schema(schema).isEmpty()) {
      throw new QuiverException(
          SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema);
    }
    for (String each : binding.context().schemas(schema)) {
      Map<Long, Deferral> found = new HashMap<>();
      binding.context().catalog().tables().stream()
          .filter(table -> table.schema().equals(each))
          .forEach(table -> collect(table, name.name(), found));
      if (found.containsValue(Deferral.NOT_DEFERRABLE)) {
        throw new QuiverException(
            SqlState.WRONG_OBJECT_TYPE, "constraint \"%s\" is not deferrable", name.name());
      }
      if (!found.isEmpty()) {
        return found.keySet();
      }
    }
    throw new QuiverException(
        SqlState.UNDEFINED_OBJECT, "constraint \"%s\" does not exist", name.name());
  }

  private static void collect(TableDefinition table, String name, Map<Long, Deferral> found) {
    table.foreignKeys().stream()
        .filter(key -> key.name().equals(name))
        .forEach(key -> found.put(key.id(), key.deferral()));
    table.indexes().stream()
        .filter(index -> index.name().equals(name) && table.isConstraintIndex(index))
        .forEach(index ->
            found.put(
                index.constraintId().orElseGet(() -> table.primaryKey().orElseThrow().id()),
                index.deferral()));
    table.checks().stream()
        .filter(check -> check.name().equals(name))
        .forEach(check -> found.put(check.id(), Deferral.NOT_DEFERRABLE));
  }

  SessionCommand prepare(Statement.Prepare statement) {
    List<SqlType> types = new ArrayList<>();
    statement
        .parameterTypes()
        .forEach(type -> types.add(TypeReferences.resolve(binding.context(), type)));
    return new SessionCommand.Prepare(statement.name(), types, statement.text());
  }

  static SessionCommand declare(Statement.DeclareCursor statement) {
    return new SessionCommand.DeclareCursor(
        statement.name(),
        statement.binary(),
        statement.hold(),
        Boolean.TRUE.equals(statement.scroll()),
        statement.text());
  }

  static SessionCommand fetch(Statement.Fetch statement) {
    if (statement.direction() == Statement.Direction.FORWARD && statement.count() > 0) {
      return new SessionCommand.Fetch(
          statement.cursor(),
          statement.count() == Long.MAX_VALUE ? Optional.empty() : Optional.of(statement.count()),
          statement.move());
    }
    SessionCommand.Direction direction =
        switch (statement.direction()) {
          case FORWARD -> SessionCommand.Direction.FORWARD;
          case BACKWARD -> SessionCommand.Direction.BACKWARD;
          case ABSOLUTE -> SessionCommand.Direction.ABSOLUTE;
          case RELATIVE -> SessionCommand.Direction.RELATIVE;
        };
    return new SessionCommand.FetchFrom(
        statement.cursor(), direction, statement.count(), statement.move());
  }

  SessionCommand lock(Statement.LockTable statement) {
    List<SessionCommand.LockedTable> tables = new ArrayList<>();
    for (SqlIdentifier name : statement.tables()) {
      var table = names.requireDefinedTable(name);
      tables.add(new SessionCommand.LockedTable(table.id(), table.name()));
    }
    return new SessionCommand.LockTable(
        tables, statement.mode().toUpperCase(Locale.ROOT), statement.nowait());
  }

  /// Rows lie where compaction puts them: CLUSTER merges the table's segments.
  SessionCommand cluster(Statement.Cluster statement) {
    SqlIdentifier table = statement.table();
    if (table == null) {
      return new SessionCommand.NoOperation("CLUSTER", Optional.empty());
    }
    return new SessionCommand.Flush(List.of(names.requireDefinedTable(table).id()), "CLUSTER");
  }
}
