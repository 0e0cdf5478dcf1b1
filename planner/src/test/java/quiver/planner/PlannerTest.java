package quiver.planner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import quiver.common.error.QuiverException;
import quiver.common.function.FunctionRegistry;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.planner.parser.ParsedStatement;

/// Plans and errors of the statements in the files beside this class. The answers in `errors.txt`
/// were compared with PostgreSQL 15.
final class PlannerTest {
  private final Planner planner = new Planner(FunctionRegistry.standard());

  @TestFactory
  Stream<DynamicTest> nearestNeighbours() {
    return plans("vector_searches.txt");
  }

  @TestFactory
  Stream<DynamicTest> queries() {
    return plans("queries.txt");
  }

  @TestFactory
  Stream<DynamicTest> joinsOfManyTables() {
    return plans("decision_support.txt");
  }

  @TestFactory
  Stream<DynamicTest> catalogQueriesOfClients() {
    return plans("client_catalog_queries.txt");
  }

  @TestFactory
  Stream<DynamicTest> modifications() {
    return plans("modifications.txt");
  }

  @TestFactory
  Stream<DynamicTest> errorsAndResultColumns() {
    return StatementFile.read("errors.txt").stream()
        .map(test ->
            DynamicTest.dynamicTest(
                test.sql(),
                () -> assertThat(answer(test.sql())).isEqualTo(test.expected().strip())));
  }

  private Stream<DynamicTest> plans(String file) {
    return StatementFile.read(file).stream()
        .map(test ->
            DynamicTest.dynamicTest(
                test.sql(), () -> assertThat(planned(test.sql())).isEqualTo(test.expected())));
  }

  private PreparedPlan plan(String sql) {
    ParsedStatement statement = planner.parse(sql).getFirst();
    return planner.plan(statement, sql, TestCatalog.context());
  }

  private String planned(String sql) {
    PreparedPlan plan = plan(sql);
    List<SqlType> parameters = plan.parameterTypes();
    return (parameters.isEmpty() ? "" : parameters.stream().map(SqlType::typeName).toList() + "\n")
        + PlanText.of(plan.plan());
  }

  private String answer(String sql) {
    try {
      List<OutputColumn> columns = plan(sql).plan().output();
      return columns.isEmpty()
          ? ""
          : columns.stream()
              .map(column -> column.name() + ":" + TypeNames.formatType(column.type()))
              .toList()
              .toString();
    } catch (QuiverException e) {
      String hint = e.field(QuiverException.Field.HINT).orElse("");
      return (e.state().code() + " " + e.message() + " @" + e.position() + " " + hint).strip();
    }
  }
}
