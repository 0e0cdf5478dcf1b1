package quiver.planner;

import java.util.List;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionResolver;
import quiver.common.plan.StatementPlan;
import quiver.common.type.SqlType;
import quiver.planner.binder.Binding;
import quiver.planner.binder.BoundStatement;
import quiver.planner.binder.StatementBinder;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.TypeFactory;
import quiver.planner.context.PlanningContext;
import quiver.planner.optimizer.Optimizer;
import quiver.planner.parser.ParsedStatement;
import quiver.planner.parser.PostgresParser;
import quiver.planner.physical.IndexUse;

/// From SQL text to distributed plans. Pure: no I/O, no clock, no state but caches inside Calcite.
/// Thread-safe.
public final class Planner {
  private final FunctionResolver resolver;
  private final Optimizer optimizer = new Optimizer();

  public Planner(FunctionRegistry registry) {
    this.resolver = new FunctionResolver(registry);
  }

  /// Loads what planning needs, so that the first statement does not wait for it: about half a
  /// second of one core in a fresh process.
  public void warmUp() {
    WarmUp.run(this);
  }

  /// The statements of a query string.
  ///
  /// @throws quiver.common.error.QuiverException `42601` with a position
  public List<ParsedStatement> parse(String query) {
    return PostgresParser.parse(query);
  }

  /// Plans one statement.
  ///
  /// @param query the query string the statement's positions refer to
  /// @throws quiver.common.error.QuiverException in PostgreSQL's words, with position
  public PreparedPlan plan(ParsedStatement statement, String query, PlanningContext context) {
    Rex rex = new Rex(new TypeFactory());
    HepPlanner host = new HepPlanner(new HepProgramBuilder().build());
    RelOptCluster cluster = RelOptCluster.create(host, rex.builder());
    Binding binding =
        new Binding(context, resolver, cluster, rex, query, statement.parameterCount());
    BoundStatement bound = new StatementBinder(binding).bind(statement.statement());
    List<SqlType> parameterTypes = binding.parameterTypes();
    PlanAssembly assembly =
        new PlanAssembly(
            optimizer,
            resolver,
            rex,
            parameterTypes,
            IndexUse.of(context.settings()),
            binding.firstFreeId());
    StatementPlan plan = assembly.assemble(bound);
    return new PreparedPlan(
        plan,
        parameterTypes,
        List.of(),
        context.version(),
        assembly.literalsMatter(),
        binding.demands().all(),
        binding.demands().refusal());
  }
}
