package quiver.jdbc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT 1|READ|",
        "select /* and /* another */ */ 'insert' -- a comment|READ|",
        "(SELECT 1) EXCEPT (SELECT 2);|READ|",
        "WITH a AS (SELECT 1) SELECT * FROM a|READ|",
        "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a|WRITE|",
        "SELECT * FROM t FOR UPDATE|WRITE|",
        "SELECT nextval('s')|WRITE|",
        "SELECT nextval FROM t|READ|",
        "SELECT temp, \"into\" FROM weather|READ|",
        "SELECT 1 INTO TEMP t|PIN|temp",
        "SELECT set_config('a', 'b', false)|PIN|set_config",
        "SELECT pg_advisory_xact_lock(1)|READ|",
        "INSERT INTO t VALUES ($1)|WRITE|",
        "INSERT INTO t SELECT pg_try_advisory_lock(1)|PIN|pg_try_advisory_lock",
        "SET hnsw.ef_search = 5|SET|hnsw.ef_search",
        "SET SESSION a TO 'b'|SET|a",
        "SET LOCAL a TO 'b'|WRITE|",
        "SET TRANSACTION READ ONLY|WRITE|",
        "RESET a|RESET|a",
        "RESET ALL|RESET|",
        "LISTEN x|PIN|listen",
        "CREATE TEMP TABLE t (i int)|PIN|a temporary table",
        "CREATE TABLE temp (i int)|WRITE|",
        "COMMIT|COMMIT|",
        "ROLLBACK|ROLLBACK|",
        "ROLLBACK WORK TO s|WRITE|",
        "SELECT 1; SELECT 2|WRITE|",
        "SELECT 1; SET a = 1|PIN|a script that changes settings",
        "DO $x$ set $x$|WRITE|",
        "|WRITE|"
      })
  void saysWhatAStatementDoes(String sql, StatementText.Kind kind, String setting) {
    StatementText text = StatementText.of(sql == null ? "" : sql);
    assertThat(text.kind()).isEqualTo(kind);
    assertThat(text.setting()).isEqualTo(setting == null ? "" : setting);
  }
}
