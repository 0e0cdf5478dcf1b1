package quiver.planner.parser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import quiver.planner.parser.node.Statement;

/// Which tree each query becomes.
class QueryShapeTest {
  private static final String TABLE =
      """
      select -- (select)
      select from t -- (select (from t))
      select 1 a, 2 as select, t.*, * -- (select 1 as a 2 as select t.* *)
      select distinct a from t -- (select distinct a (from t))
      select distinct on (a, b) c from t -- (select (distinct-on a b) c (from t))
      select a from t x where b group by c having d -- (select a (from t as x) (where b) (group c) (having d))
      select 1 from a, b as c (d, e) -- (select 1 (from a b as c(d e)))
      select 1 from a join b on c left join d using (e, f) -- (select 1 (from (left (inner a b (on c)) d (using e f))))
      select 1 from a join b join c on d on e -- (select 1 (from (inner a (inner b c (on d)) (on e))))
      select 1 from a cross join b natural full join c -- (select 1 (from (natural-full (cross a b) c)))
      select 1 from a right outer join (b cross join c) on d -- (select 1 (from (right a (cross b c) (on d))))
      select 1 from (a cross join b) x -- (select 1 (from (cross a b) as x))
      select 1 from (select 2) x, lateral (select 3) as y (z) -- (select 1 (from (select 2) as x lateral (select 3) as y(z)))
      select 1 from ((select 2) union (select 3)) x -- (select 1 (from (union (select 2) (select 3)) as x))
      select 1 from ((select 2) x cross join y) -- (select 1 (from (cross (select 2) as x y)))
      select 1 from (values (1, 2), (3, 4)) v (a, b) -- (select 1 (from (values (1 2) (3 4)) as v(a b)))
      select 1 from generate_series(1, 3) g (x) -- (select 1 (from (generate_series 1 3) as g(x)))
      select 1 from unnest(a, b) with ordinality u -- (select 1 (from (unnest a b) ordinality as u))
      select 1 from f(1) as g (a int, b text) -- (select 1 (from (f 1) as g(a:pg_catalog.int4 b:text)))
      select 1 from f() as (a int) -- (select 1 (from (f) as (a:pg_catalog.int4)))
      select 1 from rows from (f(1), g(2) as (a int)) with ordinality -- (select 1 (from (rows (f 1) (g 2)(a:pg_catalog.int4)) ordinality))
      select 1 from s.t tablesample bernoulli (10) -- (select 1 (from s.t (sample bernoulli 10)))
      select 1 group by (), rollup (a, (b, c)), cube (d), grouping sets ((e), ()) -- (select 1 (group () (rollup a (row b c)) (cube d) (sets e ())))
      select 1 from t window w as (partition by a), v as (w order by b) -- (select 1 (from t) (window w ((partition a))) (window v (w (order b))))
      select 1 order by a <-> $1 desc nulls last, 2 limit 3 offset 4 -- (select 1 (order (<-> a $1) desc nulls-last 2) (limit 3) (offset 4))
      select 1 offset 4 limit all -- (select 1 (offset 4))
      select 1 order by a fetch first 5 rows with ties -- (select 1 (order a) (limit 5) with-ties)
      select 1 fetch next row only -- (select 1 (limit 1))
      select 1 from t for update of t skip locked for share -- (select 1 (from t) (for UPDATE t SKIP_LOCKED) (for SHARE WAIT))
      values (1), (2) order by 1 -- (values (1) (2) (order 1))
      table s.t limit 1 -- (select * (from s.t) (limit 1))
      select 1 union select 2 union all select 3 -- (union-all (union (select 1) (select 2)) (select 3))
      select 1 union select 2 intersect select 3 -- (union (select 1) (intersect (select 2) (select 3)))
      select 1 except (select 2 limit 1) order by 1 -- (except (select 1) (select 2 (limit 1)) (order 1))
      (select 1 order by 1) limit 2 -- (select 1 (order 1) (limit 2))
      (select 1) union (values (2)) -- (union (select 1) (values (2)))
      with a as (select 1), b (c) as (select 2) select * from a, b -- ((with a b) select * (from a b))
      with recursive a as (select 1 union all select 2) table a -- ((with-recursive a) select * (from a))
      """;

  @Test
  void queriesBecomeTheseTrees() {
    List<String> differences = new ArrayList<>();
    for (String line : TABLE.strip().split("\n", -1)) {
      String[] parts = line.split(" -- ", 2);
      List<ParsedStatement> parsed = PostgresParser.parse(parts[0]);
      assertThat(parsed).hasSize(1);
      String shape = Shape.of(((Statement.SelectStatement) parsed.getFirst().statement()).query());
      if (!shape.equals(parts[1])) {
        differences.add(parts[0] + " -- " + shape);
      }
    }
    assertThat(differences).isEmpty();
  }
}
