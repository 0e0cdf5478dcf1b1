package quiver.planner.optimizer;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelRule;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.plan.hep.HepProgramBuilder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.rules.FilterAggregateTransposeRule;
import org.apache.calcite.rel.rules.FilterMergeRule;
import org.apache.calcite.rel.rules.FilterProjectTransposeRule;
import org.apache.calcite.rel.rules.FilterSetOpTransposeRule;
import org.apache.calcite.rel.rules.ProjectMergeRule;
import org.apache.calcite.rel.rules.ProjectRemoveRule;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.tools.RelBuilderFactory;
import quiver.planner.calcite.Rex;

/// The logical rewrites, in order: subqueries to joins; Calcite's rules that move filters towards
/// the rows and merge projections; join order. Thread-safe.
public final class Optimizer {
  /// Calcite's simplifier knows SQL's types, not PostgreSQL's: it stays off.
  private static final RelBuilderFactory BUILDERS =
      RelBuilder.proto(
          RelBuilder.Config.DEFAULT
              .withSimplify(false)
              .withSimplifyLimit(false)
              .withSimplifyValues(false)
              .withPruneInputOfAggregate(false));

  private final HepProgram program;

  public Optimizer() {
    HepProgramBuilder builder = new HepProgramBuilder();
    builder.addMatchOrder(HepMatchOrder.TOP_DOWN);
    builder.addRuleCollection(rules());
    this.program = builder.build();
  }

  private static List<RelOptRule> rules() {
    List<RelOptRule> rules = new ArrayList<>(HouseRules.ALL);
    rules.add(configured(FilterMergeRule.Config.DEFAULT).toRule());
    rules.add(
        configured(FilterProjectTransposeRule.Config.DEFAULT)
            .withOperandSupplier(filter ->
                filter
                    .operand(Filter.class)
                    .predicate(Optimizer::isDeterministic)
                    .oneInput(project ->
                        project
                            .operand(Project.class)
                            .predicate(Optimizer::isDeterministic)
                            .anyInputs()))
            .toRule());
    rules.addAll(JoinFilters.ALL);
    rules.add(
        configured(FilterAggregateTransposeRule.Config.DEFAULT)
            .withOperandSupplier(filter ->
                filter
                    .operand(Filter.class)
                    .predicate(Optimizer::isDeterministic)
                    .oneInput(aggregate ->
                        aggregate
                            .operand(Aggregate.class)
                            .predicate(Optimizer::hasOneGroupingSet)
                            .anyInputs()))
            .toRule());
    rules.add(
        configured(FilterSetOpTransposeRule.Config.DEFAULT)
            .withOperandSupplier(filter ->
                filter
                    .operand(Filter.class)
                    .predicate(Optimizer::isDeterministic)
                    .oneInput(operation -> operation.operand(SetOp.class).anyInputs()))
            .toRule());
    rules.add(
        configured(ProjectMergeRule.Config.DEFAULT)
            .withOperandSupplier(top ->
                top.operand(Project.class)
                    .oneInput(bottom ->
                        bottom
                            .operand(Project.class)
                            .predicate(Optimizer::isDeterministic)
                            .anyInputs()))
            .toRule());
    rules.add(configured(ProjectRemoveRule.Config.DEFAULT).toRule());
    return rules;
  }

  // Calcite's CoreRules would load every rule there is.
  private static RelRule.Config configured(RelRule.Config config) {
    return config.withRelBuilderFactory(BUILDERS);
  }

  private static boolean isDeterministic(Filter filter) {
    return Rex.isDeterministic(filter.getCondition());
  }

  private static boolean hasOneGroupingSet(Aggregate aggregate) {
    return Aggregate.isSimple(aggregate) && !aggregate.getGroupSet().isEmpty();
  }

  // A volatile function runs once per row, wherever its result is used.
  private static boolean isDeterministic(Project project) {
    return project.getProjects().stream().allMatch(Rex::isDeterministic);
  }

  /// @param firstFreeId ids of applies and shared subplans from here on are free
  public RelNode optimize(RelNode rel, Rex rex, int firstFreeId) {
    SearchShapes searches = new SearchShapes(rex, firstFreeId);
    ConstantSubqueries constants = new ConstantSubqueries(rex);
    RelNode body = constants.lift(rel);
    return constants.restore(
        optimizeBody(body, rex, searches), subquery -> optimizeBody(subquery, rex, searches));
  }

  private RelNode optimizeBody(RelNode rel, Rex rex, SearchShapes searches) {
    RelNode unnested = new Unnesting(rex).apply(rel);
    RelNode rewritten = rewritten(unnested);
    RelNode ordered = new JoinOrdering(rex).apply(rewritten);
    return searches.apply(ordered);
  }

  private RelNode rewritten(RelNode rel) {
    if (rel.getInputs().isEmpty()) {
      return rel;
    }
    HepPlanner planner = new HepPlanner(program);
    planner.setRoot(rel);
    return planner.findBestExp();
  }
}
