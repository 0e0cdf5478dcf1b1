package quiver.jdbc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InsertTextTest {
  @Test
  void oneRowOfParametersIsTaken() {
    assertThat(
            InsertText.parse(
                "insert INTO a.\"B\" (id, \"Name\") VALUES ( ?, ?::Vector ) ; -- done"))
        .contains(new InsertText("a.\"B\"", List.of("id", "\"Name\""), List.of("", "vector")));
    assertThat(InsertText.parse("INSERT INTO t VALUES (?)"))
        .contains(new InsertText("t", List.of(), List.of("")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO t (a) VALUES (?) RETURNING a",
        "INSERT INTO t (a) VALUES (?) ON CONFLICT DO NOTHING",
        "INSERT INTO t (a) VALUES (?), (?)",
        "INSERT INTO t (a, b) VALUES (?, 1)",
        "INSERT INTO t (a, b) VALUES (?, DEFAULT)",
        "INSERT INTO t (a) VALUES (? + 1)",
        "INSERT INTO t (a, b) VALUES (?)",
        "INSERT INTO t (a) VALUES (?::varchar(3))",
        "INSERT INTO t (a) VALUES (?:b)",
        "INSERT INTO t AS x (a) VALUES (?)",
        "INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES (?)",
        "INSERT INTO t (a) SELECT ?",
        "INSERT INTO t DEFAULT VALUES",
        "WITH x AS (SELECT 1) INSERT INTO t VALUES (?)",
        "INSERT INTO t VALUES (?); SELECT 1",
        "UPDATE t SET a = ?",
        ""
      })
  void anythingElseIsNot(String sql) {
    assertThat(InsertText.parse(sql)).isEmpty();
  }
}
