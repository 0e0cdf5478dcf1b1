package quiver.planner.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.Statement;

class PostgresParserTest {
  @Test
  void acceptsWhatPostgresAccepts() {
    List<String> refused = new ArrayList<>();
    for (String sql : lines("accepted.txt")) {
      try {
        PostgresParser.parse(sql.replace("\\n", "\n"));
      } catch (QuiverException e) {
        refused.add(sql + ": " + e.message() + " @" + e.position());
      }
    }
    assertThat(refused).isEmpty();
  }

  @Test
  void rejectsWhatPostgresRejectsWithTheSameError() {
    List<String> differences = new ArrayList<>();
    List<String> lines = lines("rejected.txt");
    for (int i = 0; i < lines.size(); i += 2) {
      String outcome = outcome(lines.get(i).replace("\\n", "\n")).replace("\n", "\\n");
      if (!outcome.equals(lines.get(i + 1).strip())) {
        differences.add(lines.get(i) + ": " + outcome);
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void parsesWhatPsqlAndTheJdbcDriverSend() {
    for (String file : List.of("psql.sql", "jdbc.sql")) {
      for (String query : text(file).split("\n;;\n", -1)) {
        if (!query.isBlank()) {
          assertThat(outcome(query)).as(query).isEqualTo("1 statements");
        }
      }
    }
  }

  @Test
  void splitsAtTopLevelSemicolonsOnly() {
    List<ParsedStatement> statements =
        PostgresParser.parse(
            """
            ; select ';' as a; -- b;
            select $$ ; $$ /* ; /* ; */ ; */ ;; select "a;b"
            """);
    assertThat(statements)
        .extracting(ParsedStatement::text)
        .containsExactly("select ';' as a", "select $$ ; $$", "select \"a;b\"");
    assertThat(statements).extracting(ParsedStatement::offset).containsExactly(2, 25, 61);
  }

  @Test
  void emptyTextHasNoStatement() {
    assertThat(PostgresParser.parse("")).isEmpty();
    assertThat(PostgresParser.parse(" ; -- x\n /* y */ ;")).isEmpty();
  }

  @Test
  void countsParametersPerStatement() {
    assertThat(PostgresParser.parse("select $2, $1; select 1; select $7"))
        .extracting(ParsedStatement::parameterCount)
        .containsExactly(2, 0, 7);
  }

  @Test
  void positionsCountCharactersOfTheWholeText() {
    assertThat(outcome("select '😀é', ,")).isEqualTo("42601 syntax error at or near \",\" @14");
    assertThat(outcome("select 1;\nselect '😀';\nfoo"))
        .isEqualTo("42601 syntax error at or near \"foo\" @23");
  }

  @Test
  void nodesKnowTheirSource() {
    String sql = "select '😀', (a + b) * c, f(x)::int";
    Query.Select select = select(sql);
    SqlNode product = select.items().get(1).expression();
    assertThat(Positions.textOf(product, sql)).isEqualTo("(a + b) * c");
    assertThat(Positions.of(product)).isEqualTo(13);
    Expression.Operator times = (Expression.Operator) ((ExpressionNode) product).value();
    assertThat(times.position()).isEqualTo(21);
    SqlNode cast = select.items().get(2).expression();
    assertThat(Positions.textOf(cast, sql)).isEqualTo("f(x)::int");
  }

  @Test
  void foldsAndTruncatesNames() {
    Query.Select select =
        select("select ABC, \"ABC\", ÄB, " + "é".repeat(40) + ", " + "x".repeat(70));
    assertThat(select.items())
        .extracting(item -> ((SqlIdentifier) item.expression()).getSimple())
        .containsExactly("abc", "ABC", "Äb", "é".repeat(31), "x".repeat(63));
  }

  @Test
  void deepTextsFailWithoutOverflow() throws InterruptedException {
    List<String> outcomes = new ArrayList<>();
    Runnable parseAll =
        () -> {
          for (String[] nest :
              new String[][] {
                {"select ", "(", "1"},
                {"select ", "f(", "1"},
                {"select ", "(select ", "1"},
                {"select ", "not ", "a"},
                {"select ", "- ", "a"},
                {"select ", "a[", "1"},
                {"select ", "array[", "1"},
                {"select ", "case when ", "1"},
                {"select * from ", "(", "a"},
                {"select * from ", "(select * from ", "a"},
                {"select 1", "+ 1", ""},
                {"select 1", "::int", ""},
                {"select 1", " union select 1", ""},
                {"select 1 from a", " cross join b", ""},
                {"select 1 group by ", "grouping sets (", "a"},
                {"copy t from stdin with (a ", "(", "b"},
                {"", "with a as (", "select 1"},
              }) {
            outcomes.add(outcome(nest[0] + nest[1].repeat(10_000) + nest[2]));
          }
        };
    Thread small = new Thread(null, parseAll, "small stack", 256 << 10);
    small.start();
    small.join();
    parseAll.run();
    assertThat(outcomes).hasSize(34).containsOnly("54001 stack depth limit exceeded @0");
  }

  @Test
  void longTextsCostLinearTime() {
    assertThat(outcome("select '" + "x".repeat(10_000_000) + "'")).isEqualTo("1 statements");
    assertThat(outcome("select " + "+".repeat(1_000_000) + "1")).startsWith("54001");
    assertThat(outcome("select 1" + " or a = 1".repeat(100_000))).isEqualTo("1 statements");
    assertThat(outcome("select a in (1" + ", 1".repeat(100_000) + ")")).isEqualTo("1 statements");
    assertThat(outcome("/*".repeat(100_000) + "*/".repeat(100_000) + "select 1;".repeat(10_000)))
        .isEqualTo("10000 statements");
    assertThat(outcome("select " + "9".repeat(130_000))).isEqualTo("1 statements");
    assertThat(outcome("select " + "9".repeat(150_000)))
        .isEqualTo("22003 value overflows numeric format @0");
  }

  @Test
  void clausesWithoutMeaningAreRefusedByName() {
    for (String sql :
        List.of(
            "create table t (a int) inherits (b)",
            "create table t (a int) partition by range (a)",
            "create table t partition of p for values in (1)",
            "create table t (exclude using gist (a with =))",
            "select xmlelement(name a)",
            "select * from xmltable('x' passing y columns z int)",
            "select a is document",
            "set transaction snapshot 'x'",
            "select 1 order by a using ~<~")) {
      assertThatThrownBy(() -> PostgresParser.parse(sql))
          .isInstanceOfSatisfying(
              QuiverException.class,
              e -> {
                assertThat(e.state()).isEqualTo(SqlState.FEATURE_NOT_SUPPORTED);
                assertThat(e.message()).endsWith("is not supported");
                assertThat(e.position()).isPositive();
              });
    }
  }

  private static Query.Select select(String sql) {
    Statement statement = PostgresParser.parse(sql).getFirst().statement();
    return (Query.Select) ((Statement.SelectStatement) statement).query();
  }

  private static String outcome(String sql) {
    try {
      return PostgresParser.parse(sql).size() + " statements";
    } catch (QuiverException e) {
      return e.state().code() + " " + e.message() + " @" + e.position();
    }
  }

  private static List<String> lines(String file) {
    List<String> lines = new ArrayList<>();
    for (String line : text(file).split("\n", -1)) {
      if (!line.startsWith("#") && !line.isEmpty()) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static String text(String file) {
    try (InputStream in = PostgresParserTest.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new AssertionError("no resource " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
