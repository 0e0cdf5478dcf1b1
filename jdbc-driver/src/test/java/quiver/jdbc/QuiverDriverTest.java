package quiver.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class QuiverDriverTest {
  @Test
  void serviceLoaderFindsTheDriver() throws SQLException {
    assertThat(DriverManager.getDriver("jdbc:quiver://localhost/quiver"))
        .isInstanceOf(QuiverDriver.class);
  }

  @Test
  void otherUrlsAreLeftToOtherDrivers() throws SQLException {
    assertThat(new QuiverDriver().connect("jdbc:postgresql://localhost/x", new Properties()))
        .isNull();
  }

  @Test
  void portDefaultsToQuiversAndHostIsKept() {
    Driver driver = new QuiverDriver();
    assertThatThrownBy(() -> driver.connect("jdbc:quiver://127.0.0.1/x?connectTimeout=1", user()))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("127.0.0.1:5433");
    assertThatThrownBy(() -> driver.connect("jdbc:quiver://127.0.0.1:1/x?connectTimeout=1", user()))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("127.0.0.1:1 ");
  }

  @Test
  void everyHostGetsItsPort() {
    assertThat(QuiverDriver.delegateUrl("jdbc:quiver://a,b:1,[::1],[::1]:2/db?x=y"))
        .isEqualTo("jdbc:postgresql://a:5433,b:1,[::1]:5433,[::1]:2/db?x=y");
    assertThat(QuiverDriver.delegateUrl("jdbc:quiver:db"))
        .isEqualTo("jdbc:postgresql://localhost:5433/db");
  }

  @Test
  void propertiesOfPgjdbcAreOffered() throws SQLException {
    assertThat(
            Arrays.stream(new QuiverDriver().getPropertyInfo("jdbc:quiver://h/x", user()))
                .map(property -> property.name))
        .contains("prepareThreshold");
  }

  private static Properties user() {
    Properties properties = new Properties();
    properties.setProperty("user", "quiver");
    return properties;
  }
}
