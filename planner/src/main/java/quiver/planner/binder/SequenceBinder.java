package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionCommand;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.context.PlanningContext;
import quiver.planner.parser.node.AlterAction;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.SequenceOption;
import quiver.planner.parser.node.Statement;

/// CREATE and ALTER SEQUENCE, and the sequences of identity columns.
final class SequenceBinder {
  private final Binding binding;
  private final PlanningContext context;
  private final RelationNames names;

  SequenceBinder(Binding binding) {
    this.binding = binding;
    this.context = binding.context();
    this.names = new RelationNames(context);
  }

  BoundStatement create(Statement.CreateSequence statement) {
    String schema = names.unplacedCreationSchema(statement.name(), statement.persistence());
    String name = statement.name().names.getLast();
    return new BoundStatement.Ddl(
        new DdlCommand.CreateSequence(
            definition(schema, name, statement.options(), BaseType.INT8), statement.ifNotExists()),
        "CREATE SEQUENCE");
  }

  /// A new sequence, without an id.
  ///
  /// @param type of its values, if the options do not say
  SequenceDefinition definition(
      String schema, String name, List<SequenceOption> options, BaseType type) {
    requireOnce(options);
    Wanted wanted = new Wanted(type);
    options.forEach(option -> apply(option, wanted));
    if (wanted.restarts) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "RESTART is not allowed in CREATE SEQUENCE");
    }
    return checked(
        schema,
        name,
        wanted.type,
        wanted.increment == null ? 1 : wanted.increment,
        wanted.min,
        wanted.max,
        wanted.start,
        wanted.cycle != null && wanted.cycle,
        wanted.cache == null ? 1 : wanted.cache,
        wanted.owner);
  }

  /// The sequence of an identity column, without an id; without a name unless the options say one.
  Optional<SequenceDefinition> ofIdentity(List<SequenceOption> options, BaseType type) {
    if (options.isEmpty()) {
      return Optional.empty();
    }
    String schema = "";
    String name = "";
    List<SequenceOption> others = new ArrayList<>();
    for (SequenceOption option : options) {
      switch (option) {
        case SequenceOption.Name(SqlIdentifier said) -> {
          RelationNames.QualifiedName qualified = names.qualified(said);
          schema = Objects.requireNonNullElse(qualified.schema(), "");
          name = qualified.name();
        }
        case SequenceOption.As _ -> throw redundant();
        case SequenceOption.OwnedBy _ ->
            throw new QuiverException(SqlState.SYNTAX_ERROR, "invalid OWNED BY option")
                .withHint("Specify OWNED BY table.column or OWNED BY NONE.");
        default -> others.add(option);
      }
    }
    return Optional.of(definition(schema, name, others, type));
  }

  private static QuiverException redundant() {
    return new QuiverException(SqlState.SYNTAX_ERROR, "conflicting or redundant options");
  }

  private static void requireOnce(List<SequenceOption> options) {
    Set<Class<?>> kinds = new HashSet<>();
    for (SequenceOption option : options) {
      if (!kinds.add(option.getClass())) {
        throw redundant();
      }
    }
  }

  /// The column that OWNED BY names.
  private record Owner(long tableId, int columnId) {}

  /// What options say; null: nothing.
  private static final class Wanted {
    BaseType type;
    @Nullable Long increment;
    boolean resetsMin;
    @Nullable Long min;
    boolean resetsMax;
    @Nullable Long max;
    @Nullable Long start;
    @Nullable Boolean cycle;
    @Nullable Long cache;
    boolean owned;
    Optional<Owner> owner = Optional.empty();
    boolean restarts;
    @Nullable Long restart;

    Wanted(BaseType type) {
      this.type = type;
    }
  }

  private void apply(SequenceOption option, Wanted wanted) {
    switch (option) {
      case SequenceOption.As(var typeName) -> {
        SqlType declared = TypeReferences.resolve(context, typeName);
        wanted.type =
            switch (declared.base()) {
              case INT2, INT4, INT8 -> declared.base();
              default ->
                  throw new QuiverException(
                      SqlState.INVALID_PARAMETER_VALUE,
                      "sequence type must be smallint, integer, or bigint");
            };
      }
      case SequenceOption.Increment(String value) -> wanted.increment = number(value);
      case SequenceOption.Minimum(String value) -> {
        wanted.resetsMin = value == null;
        wanted.min = value == null ? null : Long.valueOf(number(value));
      }
      case SequenceOption.Maximum(String value) -> {
        wanted.resetsMax = value == null;
        wanted.max = value == null ? null : Long.valueOf(number(value));
      }
      case SequenceOption.Start(String value) -> wanted.start = number(value);
      case SequenceOption.Cycle(boolean value) -> wanted.cycle = value;
      case SequenceOption.Cache(String value) -> {
        wanted.cache = number(value);
        if (wanted.cache < 1) {
          throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "CACHE (%s) must be greater than zero", value);
        }
      }
      case SequenceOption.OwnedBy(SqlIdentifier column) -> {
        wanted.owned = true;
        wanted.owner = owner(column);
      }
      case SequenceOption.Restart(String value) -> {
        wanted.restarts = true;
        wanted.restart = value == null ? null : Long.valueOf(number(value));
      }
      case SequenceOption.Name _ ->
          throw new QuiverException(SqlState.SYNTAX_ERROR, "invalid sequence option SEQUENCE NAME");
    }
  }

  // ---- ALTER

  /// ALTER SEQUENCE, or ALTER TABLE of a sequence.
  BoundStatement alter(Statement.Alter statement) {
    String tag = "ALTER " + statement.kind().name();
    RelationNames.QualifiedName name = names.qualified(statement.name());
    Optional<SequenceDefinition> found = find(name);
    if (found.isEmpty()) {
      if (statement.ifExists()) {
        return new BoundStatement.Session(
            new SessionCommand.NoOperation(
                tag, Optional.of("relation \"" + name.name() + "\" does not exist, skipping")));
      }
      if (names.find(name).isPresent() || new IndexAlteration(binding).isIndex(statement.name())) {
        throw new QuiverException(
            SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a sequence", name.name());
      }
      throw new QuiverException(SqlState.UNDEFINED_TABLE, "relation \"%s\" does not exist", name);
    }
    SequenceDefinition before = found.get();
    SequenceDefinition after = before;
    Optional<Long> restart = Optional.empty();
    for (AlterAction action : statement.actions()) {
      switch (action) {
        case AlterAction.SequenceOptions(List<SequenceOption> options) -> {
          DdlCommand.ReplaceSequence changed = changed(before, options);
          after = changed.after();
          restart = changed.restart();
        }
        case AlterAction.RenameTo(SqlIdentifier newName) ->
            after = after.withName(after.schema(), newName.getSimple());
        case AlterAction.SetSchema(SqlIdentifier schema) -> {
          if (context.catalog().schema(schema.getSimple()).isEmpty()) {
            throw new QuiverException(
                SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema.getSimple());
          }
          RelationNames.requireSameLife(before.schema(), schema.getSimple());
          if (before.ownedByTable().isPresent()) {
            throw ownedElsewhere(before);
          }
          if (!schema.getSimple().equals(before.schema())
              && context.catalog().isTaken(schema.getSimple(), after.name())) {
            throw new QuiverException(
                SqlState.DUPLICATE_TABLE,
                "relation \"%s\" already exists in schema \"%s\"",
                after.name(),
                schema.getSimple());
          }
          after = after.withName(schema.getSimple(), after.name());
        }
        case AlterAction.SetLogged _ -> {
          // Everything is logged.
        }
        default -> throw AlterPhrases.notFor("sequences", action, before.name());
      }
    }
    return new BoundStatement.Ddl(new DdlCommand.ReplaceSequence(before, after, restart), tag);
  }

  private QuiverException ownedElsewhere(SequenceDefinition sequence) {
    String owner =
        sequence
            .ownedByTable()
            .flatMap(context.catalog()::table)
            .map(TableDefinition::name)
            .orElse("");
    return new QuiverException(
            SqlState.FEATURE_NOT_SUPPORTED, "cannot move an owned sequence into another schema")
        .withDetail("Sequence \"" + sequence.name() + "\" is linked to table \"" + owner + "\".");
  }

  /// What options make of a sequence.
  DdlCommand.ReplaceSequence changed(SequenceDefinition before, List<SequenceOption> options) {
    requireOnce(options);
    Wanted wanted = new Wanted(before.type());
    options.forEach(option -> apply(option, wanted));
    SequenceDefinition after = merged(before, wanted);
    if (!wanted.restarts) {
      return new DdlCommand.ReplaceSequence(before, after, Optional.empty());
    }
    long value = wanted.restart == null ? after.start() : wanted.restart;
    requireRange(value, after);
    return new DdlCommand.ReplaceSequence(before, after, Optional.of(value));
  }

  private Optional<SequenceDefinition> find(RelationNames.QualifiedName name) {
    return context.schemas(name.schema()).stream()
        .flatMap(each -> context.catalog().sequence(each, name.name()).stream())
        .findFirst();
  }

  private static SequenceDefinition merged(SequenceDefinition before, Wanted wanted) {
    // A bound that is the old type's own moves with the type.
    boolean ownMax = before.max() == typeMax(before.type());
    boolean ownMin = before.min() == -typeMax(before.type()) - 1;
    Long max = wanted.max != null || wanted.resetsMax ? wanted.max : (Long) before.max();
    Long min = wanted.min != null || wanted.resetsMin ? wanted.min : (Long) before.min();
    if (wanted.type != before.type()) {
      max = wanted.max == null && ownMax ? (Long) typeMax(wanted.type) : max;
      min = wanted.min == null && ownMin ? (Long) (-typeMax(wanted.type) - 1) : min;
    }
    SequenceDefinition made =
        checked(
            before.schema(),
            before.name(),
            wanted.type,
            wanted.increment == null ? before.increment() : wanted.increment,
            min,
            max,
            wanted.start == null ? (Long) before.start() : wanted.start,
            wanted.cycle == null ? before.cycle() : wanted.cycle,
            wanted.cache == null ? before.cache() : wanted.cache,
            wanted.owned
                ? wanted.owner
                : before.ownedByTable().map(id -> new Owner(id, before.ownedByColumn())));
    return made.withId(before.id());
  }

  private static void requireRange(long value, SequenceDefinition sequence) {
    if (value < sequence.min()) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "RESTART value (%d) cannot be less than MINVALUE (%d)",
          value,
          sequence.min());
    }
    if (value > sequence.max()) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "RESTART value (%d) cannot be greater than MAXVALUE (%d)",
          value,
          sequence.max());
    }
  }

  private static long typeMax(BaseType type) {
    return switch (type) {
      case INT2 -> Short.MAX_VALUE;
      case INT4 -> Integer.MAX_VALUE;
      default -> Long.MAX_VALUE;
    };
  }

  private Optional<Owner> owner(@Nullable SqlIdentifier column) {
    if (column == null) {
      return Optional.empty();
    }
    List<String> parts = column.names;
    if (parts.size() < 2) {
      throw new QuiverException(SqlState.SYNTAX_ERROR, "invalid OWNED BY option")
          .withHint("Specify OWNED BY table.column or OWNED BY NONE.");
    }
    SqlIdentifier table =
        new SqlIdentifier(parts.subList(0, parts.size() - 1), column.getParserPosition());
    TableDefinition definition = names.requireDefinedTable(table);
    if (definition.ordinalOf(parts.getLast()).isEmpty()) {
      throw new QuiverException(
              SqlState.UNDEFINED_COLUMN,
              "column \"%s\" of relation \"%s\" does not exist",
              parts.getLast(),
              definition.name())
          .at(Positions.of(column));
    }
    int ordinal = definition.ordinalOf(parts.getLast()).orElseThrow();
    return Optional.of(new Owner(definition.id(), definition.columns().get(ordinal).id()));
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new QuiverException(
              SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
              "value \"%s\" is out of range for type %s",
              text,
              SqlType.INT8.sqlName())
          .withCause(e);
    }
  }

  private static SequenceDefinition checked(
      String schema,
      String name,
      BaseType type,
      long increment,
      @Nullable Long min,
      @Nullable Long max,
      @Nullable Long start,
      boolean cycle,
      long cache,
      Optional<Owner> owner) {
    if (increment == 0) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "INCREMENT must not be zero");
    }
    long typeMax = typeMax(type);
    boolean up = increment > 0;
    long lowest = min == null ? (up ? 1 : -typeMax - 1) : min;
    long highest = max == null ? (up ? typeMax : -1) : max;
    if (highest > typeMax || highest < -typeMax - 1) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "MAXVALUE (%d) is out of range for sequence data type %s",
          highest,
          type.sqlName());
    }
    if (lowest > typeMax || lowest < -typeMax - 1) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "MINVALUE (%d) is out of range for sequence data type %s",
          lowest,
          type.sqlName());
    }
    if (lowest >= highest) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "MINVALUE (%d) must be less than MAXVALUE (%d)",
          lowest,
          highest);
    }
    long first = start == null ? (up ? lowest : highest) : start;
    if (first < lowest) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "START value (%d) cannot be less than MINVALUE (%d)",
          first,
          lowest);
    }
    if (first > highest) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "START value (%d) cannot be greater than MAXVALUE (%d)",
          first,
          highest);
    }
    return new SequenceDefinition(
        0,
        schema,
        name,
        type,
        first,
        increment,
        lowest,
        highest,
        cycle,
        cache,
        owner.map(Owner::tableId),
        owner.map(Owner::columnId).orElse(0));
  }
}
