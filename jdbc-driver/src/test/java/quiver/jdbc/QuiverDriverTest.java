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
  void everyHostThatIsDownIsNamedWithItsReason() {
    Driver driver = new QuiverDriver();
    assertThatThrownBy(() ->
            driver.connect(
                "jdbc:quiver://127.0.0.1:1,no-such-host.invalid,[::1]:2/x?loadBalance=first",
                user()))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"))
        .hasMessageStartingWith("no front end can be reached: 127.0.0.1:1: ")
        .hasMessageContaining("; no-such-host.invalid:5433: ")
        .hasMessageContaining("; [::1]:2: ");
  }

  @Test
  void propertiesOfBothAreOffered() throws SQLException {
    assertThat(
            Arrays.stream(new QuiverDriver().getPropertyInfo("jdbc:quiver://h/x", user()))
                .map(property -> property.name))
        .contains("prepareThreshold", "ef_search", "loadBalance");
  }

  private static Properties user() {
    Properties properties = new Properties();
    properties.setProperty("user", "quiver");
    return properties;
  }
}
