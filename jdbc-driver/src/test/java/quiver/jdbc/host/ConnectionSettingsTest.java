package quiver.jdbc.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionSettingsTest {
  @Test
  void aUrlHasHostsADatabaseAndProperties() throws SQLException {
    ConnectionUrl url = ConnectionUrl.parse("jdbc:quiver://a,b:1,[::1],[::2]:2/d%20b?x=y%26z&w");
    assertThat(url.hosts())
        .containsExactly(
            new Host("a", 5433), new Host("b", 1), new Host("[::1]", 5433), new Host("[::2]", 2));
    assertThat(url.database()).isEqualTo("d b");
    assertThat(url.properties()).containsEntry("x", "y&z").containsEntry("w", "");
    for (String shortest : List.of("jdbc:quiver:", "jdbc:quiver:/", "jdbc:quiver:quiver")) {
      assertThat(ConnectionUrl.parse(shortest))
          .isEqualTo(
              new ConnectionUrl(
                  List.of(new Host("localhost", 5433)), "quiver", java.util.Map.of()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:quiver://h:0/x|\"0\" is not a port",
        "jdbc:quiver://h:65536/x|\"65536\" is not a port",
        "jdbc:quiver://h:/x|\"\" is not a port",
        "jdbc:quiver://::1/x|an IPv6 address needs brackets: [:]",
        "jdbc:quiver://h/%zz|is not encoded by the rules of URLs",
        "jdbc:other:x|it does not begin with jdbc:quiver:"
      })
  void badUrlsSayWhatIsWrong(String url, String problem) {
    assertThatThrownBy(() -> ConnectionUrl.parse(url)).hasMessageContaining(problem);
  }

  @Test
  void allWrongPropertiesAreNamedWithTheNearest() {
    Properties properties = new Properties();
    properties.setProperty("pasword", "x");
    properties.setProperty("transactionRetries", "many");
    assertThatThrownBy(() ->
            ConnectionSettings.parse(
                "jdbc:quiver:?efsearch=10&loadBalance=fastest&sslMode=require", properties))
        .hasMessageContaining("unknown property \"pasword\", did you mean \"password\"?")
        .hasMessageContaining("unknown property \"efsearch\", did you mean \"ef_search\"?")
        .hasMessageContaining("unknown property \"sslMode\", did you mean \"sslmode\"?")
        .hasMessageContaining("\"loadBalance\" is \"fastest\", not one of [random, round-robin")
        .hasMessageContaining("\"transactionRetries\" is \"many\", not a number")
        .hasMessageNotContaining("fastest?x");
  }

  @Test
  void settingsOfTheServerBecomeOptions() throws SQLException {
    ConnectionSettings settings =
        ConnectionSettings.parse(
            "jdbc:quiver:?ef_search=10&consistency=session&statement_timeout=5 s&options=-c%20a=b",
            new Properties());
    assertThat(settings.forPgjdbc().getProperty("options"))
        .isEqualTo(
            "-c a=b -c hnsw.ef_search=10 -c quiver.consistency=session"
                + " -c statement_timeout=5\\ s");
  }

  @Test
  void hostsTakeTurnsAndFailedOnesGoLastForAWhile() {
    AtomicLong now = new AtomicLong();
    HostChoice choice = new HostChoice(new SplittableRandom(1), now::get);
    Host a = new Host("a", 1);
    Host b = new Host("b", 1);
    Host c = new Host("c", 1);
    List<Host> all = List.of(a, b, c);
    assertThat(choice.order(all, "first", 10)).containsExactly(a, b, c);
    assertThat(choice.order(all, "round-robin", 10)).containsExactly(a, b, c);
    assertThat(choice.order(all, "round-robin", 10)).containsExactly(b, c, a);
    choice.failed(a);
    assertThat(choice.order(all, "first", 10)).containsExactly(b, c, a);
    now.set(10);
    assertThat(choice.order(all, "first", 10)).containsExactly(a, b, c);
    assertThat(choice.order(all, "random", 10)).containsExactlyInAnyOrder(a, b, c);
  }
}
