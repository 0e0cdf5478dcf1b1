package quiver.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.function.FunctionRegistry;

final class PlanCacheTest {
  private final PlanCache cache = new PlanCache(new Planner(FunctionRegistry.standard()), 100);

  private PreparedPlan plan(String sql) {
    return cache.plan(cache.parse(sql).getFirst(), sql, TestCatalog.context());
  }

  @Test
  void statementsThatDifferInLiteralsShareAPlan() {
    PreparedPlan one = plan("SELECT id FROM items WHERE category = 'a' AND price < 10 LIMIT 3");
    PreparedPlan two = plan("SELECT id FROM items WHERE category = 'b' AND price < 20 LIMIT 4");
    assertThat(one.plan()).isSameAs(two.plan());
    assertThat(one.parameterTypes()).isEmpty();
    assertThat(one.constants()).containsExactly("a", 10L, 3L);
    assertThat(two.constants()).containsExactly("b", 20L, 4L);
  }

  @Test
  void equalLiteralsAreOneParameter() {
    PreparedPlan plan =
        plan("SELECT embedding <=> '[1,2,3]' FROM items ORDER BY embedding <=> '[1,2,3]' LIMIT 5");
    assertThat(plan.constants()).hasSize(2);
    assertThat((float[]) plan.constants().getFirst()).containsExactly(1, 2, 3);
    assertThat(PlanText.of(plan.plan())).contains("VectorSearch").doesNotContain("cosine_distance");
  }

  @Test
  void ordinalsTypeModifiersAndTypedLiteralsStay() {
    assertThat(
            plan("SELECT category, count(*) FROM items GROUP BY 1 ORDER BY 2 LIMIT 5").constants())
        .containsExactly(5L);
    assertThat(plan("SELECT price::numeric(10, 2) FROM items WHERE id = 7").constants())
        .containsExactly(7L);
    assertThat(plan("SELECT added + interval '1 day' FROM items WHERE id = 7").constants())
        .containsExactly(7L);
  }

  @Test
  void aLiteralUsedWithTwoTypesIsPlannedAsItIs() {
    PreparedPlan plan = plan("SELECT '1' FROM items WHERE category = '1' AND id = '1'");
    assertThat(plan.constants()).isEmpty();
    assertThat(plan.plan().output().getFirst().type().typeName()).isEqualTo("text");
  }

  @Test
  void errorsPointIntoTheTextAsWritten() {
    String sql = "SELECT id FROM items WHERE category = 'a' AND id = 'x'";
    assertThatThrownBy(() -> plan(sql))
        .isInstanceOfSatisfying(
            QuiverException.class,
            e -> {
              assertThat(e).hasMessage("invalid input syntax for type bigint: \"x\"");
              assertThat(e.position()).isEqualTo(52);
            });
  }

  @Test
  void wordsThatMeanATimeAreNotParameters() {
    assertThat(plan("SELECT id FROM items WHERE added < 'now'").constants()).isEmpty();
  }

  @Test
  void parametersOfTheClientStayTheOnlyOnes() {
    PreparedPlan plan = plan("SELECT id FROM items WHERE category = $1 AND price < 10");
    assertThat(plan.constants()).isEmpty();
    assertThat(plan.parameterTypes()).hasSize(1);
  }

  @Test
  void warmingUpPlansWithoutACatalog() {
    new Planner(FunctionRegistry.standard()).warmUp();
  }
}
