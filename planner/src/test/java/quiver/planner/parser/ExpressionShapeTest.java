package quiver.planner.parser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which tree each expression becomes.
class ExpressionShapeTest {
  private static final String TABLE =
      """
      1 + 2 * 3 ^ 4 -- (+ 1 (* 2 (^ 3 4)))
      1 - 2 - 3 -- (- (- 1 2) 3)
      2 ^ 3 ^ 4 -- (^ (^ 2 3) 4)
      -2 ^ 2 -- (^ -2 2)
      -a ^ b -- (^ (- a) b)
      - 5 -- -5
      - - 5 -- 5
      -(5) -- -5
      -a::int -- (- (::pg_catalog.int4 a))
      -5::int -- (- (::pg_catalog.int4 5))
      + 5 -- (+ 5)
      a || b || c -- (|| (|| a b) c)
      a + b || c -- (|| (+ a b) c)
      a <-> b < c -- (< (<-> a b) c)
      a <=> b + c -- (<=> a (+ b c))
      emb <#> '[1,2]' -- (<#> emb '[1,2]')
      a <+> b -- (<+> a b)
      a <~> b -- (<~> a b)
      a <%> b -- (<%> a b)
      a->'b'->>'c' -- (->> (-> a 'b') 'c')
      a #> b #>> c -- (#>> (#> a b) c)
      a @> b and c <@ d -- (and (@> a b) (<@ c d))
      a ? b -- (? a b)
      a ?| b -- (?| a b)
      a ?& b -- (?& a b)
      a && b -- (&& a b)
      a @@ b -- (@@ a b)
      a !~* b -- (!~* a b)
      a != b -- (<> a b)
      1<-1 -- (< 1 -1)
      1 < -1 -- (< 1 -1)
      a+-1 -- (+ a -1)
      a @-1 -- (@- a 1)
      @ a + b -- (@ (+ a b))
      @ a || b -- (|| (@ a) b)
      |/ 4 -- (|/ 4)
      a operator(pg_catalog.=) b + c -- (pg_catalog.= a (+ b c))
      a or b or c and d and not e -- (or a b (and c d (not e)))
      (a or b) or c -- (or (or a b) c)
      not a = b -- (not (= a b))
      not a is null -- (not (is null a))
      a = not b -- (= a (not b))
      a = b is null -- (is null (= a b))
      a is not null -- (is-not null a)
      a isnull -- (is null a)
      a notnull -- (is-not null a)
      a is not true is unknown -- (is unknown (is-not true a))
      a is distinct from b + 1 -- (is-distinct a (+ b 1))
      a is not distinct from null -- (is-not-distinct a null)
      a between 1 and 2 and b -- (and (between a 1 2) b)
      a not between symmetric b - 1 and c + 1 -- (between-not-symmetric a (- b 1) (+ c 1))
      a < b between c and d -- (< a (between b c d))
      a in (1, 2) -- (in a (1 2))
      a not in (select 1) -- (in-not a (select 1))
      a in ((select 1)) -- (in a (select 1))
      a in ((select 1), 2) -- (in a ((scalar (select 1)) 2))
      (a, b) in ((1, 2), (3, 4)) -- (in (row a b) ((row 1 2) (row 3 4)))
      a like 'x' || b -- (~~ a (|| 'x' b))
      a not like b escape '!' -- (!~~ a (pg_catalog.like_escape b '!'))
      a ilike b -- (~~* a b)
      a not ilike b -- (!~~* a b)
      a similar to b -- (~ a (pg_catalog.similar_to_escape b))
      a not similar to b escape c -- (!~ a (pg_catalog.similar_to_escape b c))
      a = any ($1) -- (=-any a $1)
      a <> all (array[1,2]) -- (<>-all a (array 1 2))
      a = some (select 1) -- (=-any a (select 1))
      a like any ('{x}') -- (~~-any a '{x}')
      a not ilike all (b) -- (!~~*-all a b)
      (a, b) = (1, 2) -- (= (row a b) (row 1 2))
      row(1) -- (row 1)
      row() -- (row)
      (1) -- 1
      (a, b) overlaps (c, d) -- (pg_catalog.overlaps a b c d)
      exists (select 1) -- (exists (select 1))
      (select 1) + 1 -- (+ (scalar (select 1)) 1)
      ((select 1)) -- (scalar (select 1))
      ((select 1) union (select 2)) -- (scalar (union (select 1) (select 2)))
      ((select 1) + 1) * 2 -- (* (+ (scalar (select 1)) 1) 2)
      array[[1, 2], [3, 4]] -- (array (array 1 2) (array 3 4))
      array[]::int[] -- (::pg_catalog.int4[] (array))
      array(select 1) -- (array (select 1))
      a[1][2] -- ([] ([] a 1) 2)
      a[1:2] -- ([:] a 1 2)
      a[:] -- ([:] a - -)
      a.b[1].c -- (.c ([] a.b 1))
      (f(x)).n -- (.n (f x))
      (a).* -- (.* a)
      $1.x -- (.x $1)
      a collate "C" || b -- (|| (collate a C) b)
      a collate pg_catalog.default -- (collate a pg_catalog.default)
      a at time zone 'UTC' -- (pg_catalog.timezone 'UTC' a)
      case a when 1 then 2 when 3 then 4 else 5 end -- (case a 1=>2 3=>4 5)
      case when a then b end -- (case - a=>b -)
      coalesce(a, b, 1) -- (coalesce a b 1)
      greatest(1, 2) + least(3, 4) -- (+ (greatest 1 2) (least 3 4))
      nullif(a, b) -- (nullif a b)
      extract(epoch from now()) -- (pg_catalog.extract 'epoch' (now))
      extract('year' from a) -- (pg_catalog.extract 'year' a)
      position('a' in b) -- (pg_catalog.position b 'a')
      substring(a from 2 for 3) -- (pg_catalog.substring a 2 3)
      substring(a for 3) -- (pg_catalog.substring a 1 3)
      substring(a similar b escape c) -- (pg_catalog.substring a b c)
      substring(a, 2) -- (substring a 2)
      trim(a) -- (pg_catalog.btrim a)
      trim(leading 'x' from a) -- (pg_catalog.ltrim a 'x')
      trim(trailing from a) -- (pg_catalog.rtrim a)
      overlay(a placing b from 1 for 2) -- (pg_catalog.overlay a b 1 2)
      overlay(a, b) -- (overlay a b)
      normalize(a, nfkc) -- (pg_catalog.normalize a 'NFKC')
      a is not nfc normalized -- (not (pg_catalog.is_normalized a 'NFC'))
      collation for (a) -- (pg_catalog.pg_collation_for a)
      count(*) -- (count *)
      count(distinct a) -- (count distinct a)
      string_agg(a, ',' order by b desc nulls last) filter (where c) -- (string_agg a ',' (order b desc nulls-last) (filter c))
      percentile_cont(0.5) within group (order by a) -- (percentile_cont 0.5 (within-group a))
      rank() over (partition by a order by b) -- (rank (over ((partition a) (order b))))
      sum(a) over w -- (sum a (over w))
      sum(a) over (w rows 1 preceding) -- (sum a (over (w (rows (preceding 1) current_row))))
      sum(a) over (range between current row and unbounded following exclude ties) -- (sum a (over ((range current_row unbounded_following exclude-ties))))
      f(a => 1, b := 2) -- (f a=>1 b=>2)
      f(1, variadic b) -- (f variadic 1 b)
      pg_catalog.f("X", 'y') -- (pg_catalog.f X 'y')
      grouping(a, b) -- (grouping a b)
      current_date -- (CURRENT_DATE)
      current_timestamp(3) -- (CURRENT_TIMESTAMP 3)
      current_schema -- (CURRENT_SCHEMA)
      current_schema() -- (current_schema)
      user -- (USER)
      a::int4::text -- (::text (::int4 a))
      a::pg_catalog."char" -- (::pg_catalog.char a)
      a::"char" -- (::char a)
      a::char -- (::pg_catalog.bpchar(1) a)
      a::varchar(20) -- (::pg_catalog.varchar(20) a)
      a::character varying -- (::pg_catalog.varchar a)
      a::double precision -- (::pg_catalog.float8 a)
      a::float(24) -- (::pg_catalog.float4 a)
      a::numeric(10, 2) -- (::pg_catalog.numeric(10 2) a)
      a::numeric(5, -2) -- (::pg_catalog.numeric(5 -2) a)
      a::timestamp(3) with time zone -- (::pg_catalog.timestamptz(3) a)
      a::time without time zone -- (::pg_catalog.time a)
      a::interval year to month -- (::pg_catalog.interval(6) a)
      a::interval day to second(3) -- (::pg_catalog.interval(7176 3) a)
      a::interval(3) -- (::pg_catalog.interval(32767 3) a)
      a::bit varying(5) -- (::pg_catalog.varbit(5) a)
      a::bit -- (::pg_catalog.bit(1) a)
      a::int[][3] -- (::pg_catalog.int4[][] a)
      a::text array -- (::text[] a)
      a::vector(3) -- (::vector(3) a)
      a::public.halfvec(3)[] -- (::public.halfvec(3)[] a)
      cast(a as boolean) -- (::pg_catalog.bool a)
      date '2024-01-01' -- (::date '2024-01-01')
      interval '1 day' -- (::pg_catalog.interval '1 day')
      interval '1' day -- (::pg_catalog.interval(8) '1')
      vector '[1,2]' -- (::vector '[1,2]')
      vector(2) '[1,2]' -- (::vector(2) '[1,2]')
      timestamp with time zone '2024-01-01' -- (::pg_catalog.timestamptz '2024-01-01')
      pg_catalog.int4 '5' -- (::pg_catalog.int4 '5')
      n'abc' -- (::pg_catalog.bpchar 'abc')
      bit '101' -- (::pg_catalog.bit '101')
      char(3) 'abc' -- (::pg_catalog.bpchar(3) 'abc')
      e'a\\tb\\x41\\u00e9\\'' -- 'a\tbAé''
      'it''s' -- 'it's'
      $$a'b$$ -- 'a'b'
      $x$a$$b$x$ -- 'a$$b'
      U&'\\0041!' -- 'A!'
      U&'!0041' uescape '!' -- 'A'
      b'101' -- b'101'
      x'1F' -- b'00011111'
      1.50 -- 1.50
      .5 -- .5
      5. -- 5.
      1e10 -- 1e10
      true and null -- (and true null)
      "Quoted".Folded.* -- Quoted.folded.*
      (a.b).c -- (.c a.b)
      '日本' || 'x' -- (|| '日本' 'x')
      value || date || year || type -- (|| (|| (|| value date) year) type)
      """;

  @Test
  void expressionsBecomeTheseTrees() {
    List<String> differences = new ArrayList<>();
    for (String line : TABLE.strip().split("\n", -1)) {
      String[] parts = line.split(" -- ", 2);
      String shape = Shape.of(PostgresParser.parseExpression(parts[0]));
      if (!shape.equals(parts[1])) {
        differences.add(parts[0] + " -- " + shape);
      }
    }
    assertThat(differences).isEmpty();
  }
}
