package quiver.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.exception.FlywayValidateException;

/// Flyway: migrate twice, info, validate, repair, baseline, clean.
final class FlywayClient {
  private FlywayClient() {}

  public static void main(String[] args) throws Exception {
    Flyway flyway = configured(args[0], "classpath:flyway").load();
    assertThat(flyway.migrate().migrationsExecuted).isEqualTo(3);
    assertThat(flyway.migrate().migrationsExecuted).isZero();
    flyway.validate();
    assertThat(flyway.info().current().getState()).isEqualTo(MigrationState.SUCCESS);
    assertThat(flyway.info().applied()).hasSize(4);
    flyway.repair();
    try (Connection connection = DriverManager.getConnection(args[0])) {
      connection
          .createStatement()
          .execute("UPDATE fly.flyway_schema_history SET checksum = 1 WHERE version = '1'");
    }
    try {
      flyway.validate();
      throw new AssertionError("a changed checksum passed");
    } catch (FlywayValidateException e) {
      assertThat(e).hasMessageContaining("checksum mismatch");
    }
    flyway.repair();
    flyway.validate();
    flyway.clean();
    assertThat(
            configured(args[0], "classpath:flyway")
                .baselineVersion("2")
                .load()
                .baseline()
                .successfullyBaselined)
        .isTrue();
    flyway.clean();
  }

  private static FluentConfiguration configured(String url, String location) {
    return Flyway.configure()
        .dataSource(url, "quiver", "")
        .schemas("fly")
        .createSchemas(true)
        .cleanDisabled(false)
        .locations(location);
  }
}
