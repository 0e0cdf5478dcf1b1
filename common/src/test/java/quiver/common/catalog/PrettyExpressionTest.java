package quiver.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrettyExpressionTest {
  /// What PostgreSQL 15 answers for one constraint with and without its flag for pretty printing.
  private static final String CASES =
      """
          (a > 0)  ==>  a > 0
          (((a > 0) AND (b < 3)) OR (NOT c))  ==>  a > 0 AND b < 3 OR NOT c
          (((a + b) * 2) > 3)  ==>  ((a + b) * 2) > 3
          (((a * b) + 2) > (3 - (a - b)))  ==>  (a * b + 2) > (3 - (a - b))
          ((t = ANY (ARRAY['x'::text, 'y'::text])) AND (a IS NOT NULL))  ==>  (t = ANY (ARRAY['x'::text, 'y'::text])) AND a IS NOT NULL
          (t ~~ 'a%'::text)  ==>  t ~~ 'a%'::text
          (length(t) > 2)  ==>  length(t) > 2
          ((lower(t) = 'x'::text) OR ((a IS NULL) AND (b IS NULL)))  ==>  lower(t) = 'x'::text OR a IS NULL AND b IS NULL
          (COALESCE(a, b) > '-1'::integer)  ==>  COALESCE(a, b) > '-1'::integer
          ((a)::text <> ''::text)  ==>  a::text <> ''::text
          ((a >= 1) AND (a <= 10))  ==>  a >= 1 AND a <= 10
          ((a > 0) IS TRUE)  ==>  (a > 0) IS TRUE
          (a IS DISTINCT FROM b)  ==>  a IS DISTINCT FROM b
          (n[1] > 0)  ==>  n[1] > 0
          ((- a) < 0)  ==>  (- a) < 0
          (((a % 2) = 0) AND ((a / 2) > 1))  ==>  (a % 2) = 0 AND (a / 2) > 1
          ((a > 0) = c)  ==>  (a > 0) = c
          ((a)::numeric(10,2) > 1.5)  ==>  a::numeric(10,2) > 1.5
          (d > '2020-01-01'::date)  ==>  d > '2020-01-01'::date
          (t = ANY (ARRAY['a'::text, 'b'::text]))  ==>  t = ANY (ARRAY['a'::text, 'b'::text])
          (NOT ((a > 0) AND (b > 0)))  ==>  NOT (a > 0 AND b > 0)
          (NOT c)  ==>  NOT c
          ((a || 'x'::text) = t)  ==>  (a || 'x'::text) = t
          (ARRAY[a, b] = n)  ==>  ARRAY[a, b] = n
          (d > now())  ==>  d > now()
          (((a - (b - 1)) > 0) AND (((a - b) - 1) > 0))  ==>  (a - (b - 1)) > 0 AND (a - b - 1) > 0
          ((t ~ '^a'::text) OR (t IS NULL))  ==>  t ~ '^a'::text OR t IS NULL
          (p > (0)::double precision)  ==>  p > 0::double precision
          (EXTRACT(year FROM d) > (2000)::numeric)  ==>  EXTRACT(year FROM d) > 2000::numeric
          ((a = 1) AND (b = 2))  ==>  a = 1 AND b = 2
          (((t)::character varying(3))::text = 'a'::text)  ==>  t::character varying(3)::text = 'a'::text
          (abs((a + b)) > (a)::bigint)  ==>  abs(a + b) > a::bigint
          (CASE WHEN (a > 0) THEN b ELSE a END > 0)  ==>  CASE WHEN a > 0 THEN b ELSE a END > 0
          'x'::character varying  ==>  'x'::character varying
          nextval('s'::regclass)  ==>  nextval('s'::regclass)
          (1 + 2)  ==>  1 + 2
          ((a + b))::text  ==>  (a + b)::text
          (((a + b))::text)::name  ==>  ((a + b)::text)::name
          'it''s (a)'::text  ==>  'it''s (a)'::text
          E'\\'(a)'::text  ==>  E'\\'(a)'::text
      """;

  @Test
  void prettyFormIsThatOfPostgres() {
    CASES
        .lines()
        .forEach(line -> {
          String[] forms = line.strip().split(" {2}==> {2}", -1);
          assertThat(PrettyExpression.of(forms[0])).isEqualTo(forms[1]);
        });
  }

  @Test
  void anythingElseStaysAsItIs() {
    for (String text : new String[] {"", "(", "a)", "'open", "E'\\", "f(", "((", "[1"}) {
      assertThat(PrettyExpression.of(text)).isNotNull();
    }
  }
}
