package quiver.planner.binder;

/// Where an expression stands: what it may contain and what messages call the place.
enum Clause {
  SELECT("SELECT", true, true, true),
  WHERE("WHERE", false, false, false),
  ON("JOIN conditions", false, false, false),
  FROM_FUNCTION("functions in FROM", false, false, false),
  GROUP_BY("GROUP BY", false, false, true),
  HAVING("HAVING", true, false, false),
  ORDER_BY("ORDER BY", true, true, true),
  DISTINCT_ON("DISTINCT ON", true, true, true),
  FILTER("FILTER", false, false, false),
  WINDOW("window definitions", true, false, false),
  LIMIT("LIMIT", false, false, false),
  OFFSET("OFFSET", false, false, false),
  SYSTEM_TIME("FOR SYSTEM_TIME", false, false, false),
  VALUES("VALUES", false, false, false),
  UPDATE("UPDATE", false, false, false),
  RETURNING("RETURNING", false, false, false),
  DEFAULT("DEFAULT expressions", false, false, false),
  CHECK("check constraints", false, false, false),
  GENERATED("column generation expressions", false, false, false),
  USING("transform expressions", false, false, false),
  INDEX_EXPRESSION("index expressions", false, false, false),
  INDEX_PREDICATE("index predicates", false, false, false),
  EXECUTE("EXECUTE parameters", false, false, false),
  POLICY("policy expressions", false, false, false),
  MERGE("MERGE WHEN conditions", false, false, false),
  COPY_WHERE("COPY FROM WHERE conditions", false, false, false);

  private final String phrase;
  private final boolean aggregates;
  private final boolean windows;
  private final boolean sets;

  Clause(String phrase, boolean aggregates, boolean windows, boolean sets) {
    this.phrase = phrase;
    this.aggregates = aggregates;
    this.windows = windows;
    this.sets = sets;
  }

  String phrase() {
    return phrase;
  }

  boolean allowsAggregates() {
    return aggregates;
  }

  boolean allowsWindows() {
    return windows;
  }

  boolean allowsSets() {
    return sets;
  }

  /// Whether subqueries are refused, as in definitions that outlive the statement.
  boolean isStandalone() {
    return switch (this) {
      case DEFAULT,
          CHECK,
          GENERATED,
          USING,
          INDEX_EXPRESSION,
          INDEX_PREDICATE,
          EXECUTE,
          COPY_WHERE ->
          true;
      default -> false;
    };
  }

  /// Whether the catalog keeps the expression as text, and it is bound again from that.
  boolean isStored() {
    return switch (this) {
      case DEFAULT, CHECK, GENERATED, INDEX_EXPRESSION, INDEX_PREDICATE, POLICY -> true;
      default -> false;
    };
  }

  /// The error for a subquery here.
  String subqueryMessage() {
    return switch (this) {
      case DEFAULT -> "cannot use subquery in DEFAULT expression";
      case CHECK -> "cannot use subquery in check constraint";
      case GENERATED -> "cannot use subquery in column generation expression";
      case USING -> "cannot use subquery in transform expression";
      case INDEX_EXPRESSION -> "cannot use subquery in index expression";
      case INDEX_PREDICATE -> "cannot use subquery in index predicate";
      case EXECUTE -> "cannot use subquery in EXECUTE parameter";
      default -> "cannot use subquery in COPY FROM WHERE condition";
    };
  }
}
