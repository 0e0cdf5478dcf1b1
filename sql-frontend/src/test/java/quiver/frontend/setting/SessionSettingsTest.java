package quiver.frontend.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;

class SessionSettingsTest {
  private final List<String> reported = new ArrayList<>();
  private final SessionSettings settings =
      new SessionSettings(
          new Parameters("15.0 (Quiver test)", 100, false),
          RoleRules.alone("ann"),
          (name, value) -> reported.add(name + "=" + value));

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      String name, String value, String state) {
    return assertThatThrownBy(() -> settings.set(name, List.of(value), false))
        .isInstanceOfSatisfying(
            QuiverException.class, e -> assertThat(e.state().code()).isEqualTo(state));
  }

  private String shown(String name) {
    return settings.show(name).getValue();
  }

  @Test
  void rangesAreThoseOfPgvector() {
    assertRefused("hnsw.ef_search", "0", "22023")
        .hasMessage("0 is outside the valid range for parameter \"hnsw.ef_search\" (1 .. 1000)");
    assertRefused("ivfflat.probes", "32769", "22023");
    assertRefused("hnsw.iterative_scan", "on", "22023")
        .hasMessage("invalid value for parameter \"hnsw.iterative_scan\": \"on\"")
        .isInstanceOfSatisfying(
            QuiverException.class,
            e ->
                assertThat(e.field(Field.HINT))
                    .hasValue("Available values: off, relaxed_order, strict_order."));
    settings.set("hnsw.ef_search", List.of("100"), false);
    assertThat(shown("HNSW.ef_search")).isEqualTo("100");
  }

  @Test
  void unknownNamesAreRefusedAndPlaceholdersKept() {
    assertRefused("no_such", "1", "42704")
        .hasMessage("unrecognized configuration parameter \"no_such\"");
    assertRefused("hnsw.foo", "1", "42602")
        .hasMessage("invalid configuration parameter name \"hnsw.foo\"");
    settings.set("my.setting", List.of("x"), false);
    assertThat(shown("my.setting")).isEqualTo("x");
    assertThatThrownBy(() -> settings.show("other.setting"))
        .hasMessage("unrecognized configuration parameter \"other.setting\"");
  }

  @Test
  void unitsAreReadAndShown() {
    settings.set("work_mem", List.of("64MB"), false);
    assertThat(settings.number("work_mem")).isEqualTo(65536);
    assertThat(shown("work_mem")).isEqualTo("64MB");
    settings.set("statement_timeout", List.of("1500"), false);
    assertThat(shown("statement_timeout")).isEqualTo("1500ms");
    settings.set("statement_timeout", List.of("2min"), false);
    assertThat(shown("statement_timeout")).isEqualTo("2min");
    assertThat(settings.number("statement_timeout")).isEqualTo(120_000);
    assertRefused("statement_timeout", "-1", "22023")
        .hasMessage(
            "-1 ms is outside the valid range for parameter \"statement_timeout\" (0 .."
                + " 2147483647)");
    assertRefused("work_mem", "5s", "22023");
  }

  @Test
  void fixedParametersCannotBeChanged() {
    assertRefused("server_version", "16", "55P02")
        .hasMessage("parameter \"server_version\" cannot be changed");
    assertRefused("max_connections", "5", "55P02");
  }

  @Test
  void transactionsTakeChangesBack() {
    SessionSettings.Mark mark = settings.mark();
    settings.set("application_name", List.of("psql"), false);
    settings.set("hnsw.ef_search", List.of("7"), true);
    assertThat(reported).containsExactly("application_name=psql");
    assertThat(shown("hnsw.ef_search")).isEqualTo("7");
    settings.endTransaction();
    assertThat(shown("hnsw.ef_search")).isEqualTo("40");
    assertThat(shown("application_name")).isEqualTo("psql");
    settings.rewind(mark);
    assertThat(shown("application_name")).isEmpty();
  }

  @Test
  void searchPathResolvesTheUser() {
    assertThat(settings.searchPath()).containsExactly("ann", "public");
    settings.set("search_path", List.of("A b", "public"), false);
    assertThat(shown("search_path")).isEqualTo("\"A b\", public");
    assertThat(settings.searchPath()).containsExactly("A b", "public");
  }

  @Test
  void aSessionTokenKeepsItsLastDigits() {
    settings.set("quiver.session_token", List.of("470651338059153407"), false);
    assertThat(shown("quiver.session_token")).isEqualTo("470651338059153407");
    assertRefused("quiver.session_token", "-1", "22023");
  }

  @Test
  void whatDateStyleDoesNotSayStays() {
    settings.set("datestyle", List.of("iso", "dmy"), false);
    assertThat(reported).containsExactly("DateStyle=ISO, DMY");
    assertThat(shown("datestyle")).isEqualTo("ISO, DMY");
    settings.set("datestyle", List.of("german"), false);
    settings.set("datestyle", List.of("Postgres"), false);
    assertThat(shown("datestyle")).isEqualTo("Postgres, DMY");
    assertRefused("datestyle", "iso, sql", "22023");
    assertRefused("datestyle", "nonsense", "22023");
  }
}
