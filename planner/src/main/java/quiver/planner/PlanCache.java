package quiver.planner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.common.value.Numeric;
import quiver.planner.binder.Literals;
import quiver.planner.context.PlanningContext;
import quiver.planner.parser.ParsedStatement;
import quiver.planner.parser.node.Statement;

/// Plans statements, or finds the plans they got before. The key is the text with literals made
/// parameters, the parameter types, the catalog version and the settings that matter. A hit does no
/// work of Calcite's. Thread-safe.
public final class PlanCache {
  /// Texts longer than this are not kept: they are bulk inserts, seldom sent twice.
  private static final int TEXT_LENGTH_MAX = 64 * 1024;

  private final Planner planner;
  private final BoundedCache<Key, Entry> plans;
  private final BoundedCache<String, ParsedStatement> parsed;

  /// @param planCountMax plans kept, and as many parsed texts
  public PlanCache(Planner planner, int planCountMax) {
    this.planner = planner;
    this.plans = new BoundedCache<>(planCountMax);
    this.parsed = new BoundedCache<>(planCountMax);
  }

  private record Key(
      String text,
      List<Optional<SqlType>> parameterTypes,
      long catalogVersion,
      List<String> searchPath,
      String temporarySchema,
      Map<String, String> settings,
      String database,
      String rowSecuritySubject) {
    static Key of(String text, PlanningContext context) {
      Map<String, String> settings = new HashMap<>();
      for (String name : PlanningContext.SETTINGS_THAT_MATTER) {
        String value = context.settings().get(name);
        if (value != null) {
          settings.put(name, value);
        }
      }
      return new Key(
          text,
          context.parameterTypes(),
          context.version(),
          context.searchPath(),
          context.catalog().schema(context.temporarySchema()).isPresent()
              ? context.temporarySchema()
              : "",
          settings,
          context.database(),
          PlanningContext.rowSecuritySubject(context.catalog(), context.settings()));
    }
  }

  /// What is known about a text.
  private sealed interface Entry {
    record Planned(PreparedPlan plan) implements Entry {}

    /// Its literals cannot be parameters: only the very text has a plan.
    record LiteralsMatter() implements Entry {}
  }

  /// The statements of a query string, parsed or remembered.
  ///
  /// @throws QuiverException `42601` with a position
  public List<ParsedStatement> parse(String query) {
    Optional<ParsedStatement> known =
        query.length() > TEXT_LENGTH_MAX ? Optional.empty() : parsed.get(query);
    if (known.isPresent()) {
      return List.of(known.get());
    }
    List<ParsedStatement> statements = planner.parse(query);
    if (statements.size() == 1
        && query.length() <= TEXT_LENGTH_MAX
        && isShared(statements.getFirst())) {
      parsed.put(query, statements.getFirst());
    }
    return statements;
  }

  private static boolean isShared(ParsedStatement statement) {
    return switch (statement.statement()) {
      case Statement.SelectStatement _,
          Statement.InsertStatement _,
          Statement.UpdateStatement _,
          Statement.DeleteStatement _ ->
          true;
      default -> false;
    };
  }

  /// The plan of a statement.
  ///
  /// @param query the query string the statement's positions refer to
  /// @throws QuiverException in PostgreSQL's words, with position
  public PreparedPlan plan(ParsedStatement statement, String query, PlanningContext context) {
    String text = statement.text();
    if (!isShared(statement) || text.length() > TEXT_LENGTH_MAX) {
      return planner.plan(statement, query, context);
    }
    Optional<NormalizedText> normalized =
        statement.parameterCount() > 0 || !context.parameterTypes().isEmpty()
            ? Optional.empty()
            : NormalizedText.of(text);
    if (normalized.isPresent() && !normalized.get().literals().isEmpty()) {
      Optional<PreparedPlan> shared = withParameters(normalized.get(), context);
      if (shared.isPresent()) {
        return shared.get();
      }
    }
    return exact(statement, query, context);
  }

  private PreparedPlan exact(ParsedStatement statement, String query, PlanningContext context) {
    Key key = Key.of(statement.text(), context);
    if (plans.get(key).orElse(null) instanceof Entry.Planned(PreparedPlan plan)) {
      return plan;
    }
    PreparedPlan plan = planner.plan(statement, query, context);
    plans.put(key, new Entry.Planned(plan));
    return plan;
  }

  /// The plan with literals as parameters; empty when they have to stay literals.
  private Optional<PreparedPlan> withParameters(NormalizedText text, PlanningContext context) {
    PlanningContext typed =
        context.withParameterTypes(
            text.literals().stream()
                .map(literal -> Optional.of(literal.type().orElse(SqlType.UNKNOWN)))
                .toList());
    Key key = Key.of(text.text(), typed);
    Optional<Entry> known = plans.get(key);
    if (known.isPresent() && known.get() instanceof Entry.LiteralsMatter) {
      return Optional.empty();
    }
    try {
      PreparedPlan plan =
          known.isPresent() && known.get() instanceof Entry.Planned(PreparedPlan found)
              ? found
              : planned(key, text, typed);
      if (plan.literalsMatter()) {
        plans.put(key, new Entry.LiteralsMatter());
        return Optional.empty();
      }
      return Optional.of(bound(plan, text, context));
    } catch (QuiverException e) {
      if (e.state().kind() != SqlState.Kind.USER) {
        throw e;
      }
      // Planned again with its literals, the statement succeeds or says what is wrong and where.
      return Optional.empty();
    }
  }

  private PreparedPlan planned(Key key, NormalizedText text, PlanningContext typed) {
    try {
      ParsedStatement statement = planner.parse(text.text()).getFirst();
      PreparedPlan plan = planner.plan(statement, text.text(), typed);
      plans.put(key, new Entry.Planned(plan));
      return plan;
    } catch (QuiverException e) {
      plans.put(key, new Entry.LiteralsMatter());
      throw e;
    }
  }

  /// A plan with the literals' values.
  private static PreparedPlan bound(
      PreparedPlan plan, NormalizedText text, PlanningContext context) {
    Literals literals = new Literals(context);
    List<@Nullable Object> constants = new ArrayList<>();
    for (int i = 0; i < text.literals().size(); i++) {
      NormalizedText.Literal literal = text.literals().get(i);
      SqlType type = plan.parameterTypes().get(i);
      constants.add(
          literal.type().isPresent()
              ? number(literal.value(), literal.type().get())
              : literals
                  .parse(literal.value(), type)
                  .orElseThrow(() ->
                      new QuiverException(
                          SqlState.FEATURE_NOT_SUPPORTED,
                          "literals of type %s cannot be parameters",
                          type.sqlName())));
    }
    return new PreparedPlan(
        plan.plan(),
        List.of(),
        constants,
        plan.catalogVersion(),
        false,
        plan.demands(),
        plan.refusal());
  }

  private static Object number(String text, SqlType type) {
    return type.equals(SqlType.NUMERIC) ? Numeric.of(text) : Long.valueOf(text);
  }
}
