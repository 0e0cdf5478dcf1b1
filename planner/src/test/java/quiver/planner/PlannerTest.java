package quiver.planner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import quiver.common.function.FunctionRegistry;
import quiver.planner.parser.ParsedStatement;

final class PlannerTest {
  private final Planner planner = new Planner(FunctionRegistry.standard());

  private String plan(String sql) {
    ParsedStatement statement = planner.parse(sql).getFirst();
    return PlanText.of(planner.plan(statement, sql, TestCatalog.context()).plan());
  }

  @Test
  void nearestNeighboursBecomeAVectorSearchWithTheFilterBesideIt() {
    assertThat(
            plan(
                "SELECT id, embedding <=> $1 AS distance FROM items"
                    + " WHERE category = 'noun.animal' ORDER BY distance LIMIT 10"))
        .isEqualTo(
            """
            Limit 10
              Gather by #1
                Project [#0, #2]
                  VectorSearch t20001[0, 1] 5<=>$1 limit 10 where texteq(#1,'noun.animal')\
             (index items_embedding_idx)
            """);
  }
}
