package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.TypeDefinition;
import quiver.common.function.FunctionSignature;
import quiver.common.plan.StatementPlan.CheckKind;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.PostgresParser;

/// The constraints of domains on the values that become theirs.
final class Domains {
  /// How a CHECK calls the value.
  static final String VALUE = "value";

  private static final String CHECK = "quiver_domain_check(anyelement,text,_bool,_text)";

  private final Binding binding;

  Domains(Binding binding) {
    this.binding = binding;
  }

  /// A demand on a value.
  ///
  /// @param constraint the name of the CHECK; empty for NOT NULL
  private record Rule(String constraint, RexNode condition) {}

  private Optional<TypeDefinition> definition(SqlType type) {
    return type.isDomain()
        ? binding.context().catalog().type(type.declaredOid())
        : Optional.empty();
  }

  /// A domain and those it is over, the outermost first.
  private List<TypeDefinition> chain(SqlType type) {
    List<TypeDefinition> chain = new ArrayList<>();
    Optional<TypeDefinition> next = definition(type);
    while (next.isPresent()) {
      chain.add(next.get());
      next = next.get().base().flatMap(this::definition);
    }
    return chain;
  }

  /// What a domain demands: NOT NULL, then the checks from the innermost domain on.
  private List<Rule> rules(SqlType type, RexNode value) {
    List<TypeDefinition> chain = chain(type);
    List<Rule> rules = new ArrayList<>();
    if (chain.stream().anyMatch(TypeDefinition::notNull)) {
      rules.add(new Rule("", binding.rex().not(binding.rex().isMissing(value))));
    }
    for (TypeDefinition domain : chain.reversed()) {
      for (CheckConstraint check : domain.checks()) {
        SqlNode node = PostgresParser.parseExpression(check.sql());
        rules.add(new Rule(check.name(), binding.kept(() -> condition(node, value))));
      }
    }
    return rules;
  }

  /// A CHECK about a value.
  RexNode condition(SqlNode check, RexNode value) {
    Namespace.Column column = new Namespace.Column(VALUE, value, Namespace.Origin.NONE, false);
    Namespace row = new Namespace("", null, null, List.of(column), null, false);
    Scope scope = new Scope(binding.newId(), null, List.of(row), List.of(column), binding.rex());
    return new ExpressionBinder(
            binding, scope, CommonTables.NONE, new Placeholders(binding.rex()), Map.of())
        .bindCondition(check, Clause.CHECK, "CHECK");
  }

  /// A value of the type below a domain as one of the domain.
  ///
  /// @throws quiver.common.error.QuiverException `0A000` if the value would have to be computed
  ///   more than once and is volatile
  RexNode checked(RexNode value, SqlType domain) {
    List<Rule> rules = rules(domain, value);
    Rex rex = binding.rex();
    if (rules.isEmpty()) {
      return rex.cast(value, domain, quiver.common.type.CastContext.EXPLICIT);
    }
    if (Mutability.isVolatile(value)) {
      throw DefinitionBinder.unsupported("a cast of a volatile expression to a domain is");
    }
    FunctionSignature function = binding.resolver().registry().function(CHECK).orElseThrow();
    SqlType bools = SqlType.arrayOf(BaseType.BOOL);
    SqlType texts = SqlType.arrayOf(BaseType.TEXT);
    List<RexNode> conditions = rules.stream().map(Rule::condition).toList();
    List<String> names = rules.stream().map(Rule::constraint).toList();
    return rex.call(
        function,
        "",
        domain,
        List.of(
            value,
            rex.constant(domain.sqlName(), SqlType.TEXT),
            rex.make(new Form.ArrayOf(), bools, conditions),
            rex.constant(ArrayValue.of(BaseType.TEXT, names), texts)));
  }

  /// Whether a call is that of [#checked].
  static boolean isCheck(FunctionSignature function) {
    return function.key().equals(CHECK);
  }

  /// What the domains of a row's columns demand.
  List<BoundStatement.Check> checks(List<ColumnDefinition> columns) {
    List<BoundStatement.Check> checks = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      checks.addAll(checks(columns.get(i), i));
    }
    return checks;
  }

  /// What the domain of one column of a row demands.
  List<BoundStatement.Check> checks(ColumnDefinition column, int ordinal) {
    SqlType type = column.type();
    if (!type.isDomain()) {
      return List.of();
    }
    return rules(type, binding.rex().column(ordinal, type)).stream()
        .map(rule ->
            new BoundStatement.Check(
                rule.constraint(),
                BoundValues.of(rule.condition()),
                CheckKind.DOMAIN,
                type.sqlName()))
        .toList();
  }

  /// The default of the nearest domain that has one, as text.
  Optional<String> defaultSql(SqlType type) {
    return chain(type).stream().flatMap(domain -> domain.defaultSql().stream()).findFirst();
  }
}
