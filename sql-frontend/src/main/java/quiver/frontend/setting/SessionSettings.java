package quiver.frontend.setting;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.activity.SettingRow;
import quiver.frontend.setting.Parameter.Access;
import quiver.frontend.setting.Parameter.Kind;

/// The parameters of one session. Changes made in a transaction go with it: `mark` and `rewind`
/// take them back, `endTransaction` drops those of SET LOCAL. Used by the session's thread only.
public final class SessionSettings {
  private static final Pattern PLAN_PARAMETER =
      Pattern.compile(
          "(enable_|hnsw\\.|ivfflat\\.|quiver\\.|jit|cpu_|parallel_).*"
              + "|work_mem|hash_mem_multiplier|search_path|plan_cache_mode|.*_page_cost"
              + "|effective_.*|constraint_exclusion|cursor_tuple_fraction");

  private static final String SESSION_AUTHORIZATION = "session_authorization";
  private static final String ROLE = "role";
  private static final String NO_ROLE = "none";
  private static final String IS_SUPERUSER = "is_superuser";

  private final Parameters parameters;
  private final RoleRules roles;
  private final Map<String, String> resetValues = new HashMap<>();
  private final BiConsumer<String, String> onReportedChange;
  private Map<String, String> session;
  private Map<String, String> local = Map.of();
  private Map<String, String> effective;
  private boolean reporting = true;

  /// The state to go back to.
  public record Mark(Map<String, String> session, Map<String, String> local) {}

  /// @param onReportedChange told name and value of each changed parameter that clients must know
  public SessionSettings(
      Parameters parameters, RoleRules roles, BiConsumer<String, String> onReportedChange) {
    this.parameters = parameters;
    this.roles = roles;
    this.onReportedChange = onReportedChange;
    for (Parameter parameter : parameters.all()) {
      resetValues.put(key(parameter.name()), parameter.bootValue());
    }
    resetValues.put(SESSION_AUTHORIZATION, roles.user());
    resetValues.put(IS_SUPERUSER, onOff(roles.isSuperuser(roles.user())));
    session = Map.copyOf(resetValues);
    effective = session;
  }

  /// A value from the startup packet: it is also what RESET goes back to. Not reported: the client
  /// is told everything when startup is over.
  public void setAtStartup(String name, String value) {
    reporting = false;
    try {
      String canonical = set(name, List.of(value), false);
      resetValues.put(canonical, value(canonical));
    } finally {
      reporting = true;
    }
  }

  /// SET.
  ///
  /// @param values empty for DEFAULT
  /// @return the key of the parameter
  public String set(String name, List<String> values, boolean inTransactionOnly) {
    if (values.isEmpty()) {
      return reset(name, inTransactionOnly);
    }
    Optional<Parameter> found = parameters.find(name);
    if (found.isEmpty()) {
      requirePlaceholder(name);
      change(key(name), String.join(", ", values), inTransactionOnly);
      return key(name);
    }
    Parameter parameter = found.get();
    requireChangeable(parameter);
    String value =
        switch (parameter.kind()) {
          case Kind.SearchPath() ->
              values.size() == 1 && !values.getFirst().isEmpty()
                  ? searchPathOfOne(values.getFirst())
                  : String.join(
                      ", ", values.stream().map(ParameterValues::quoteIdentifier).toList());
          default -> {
            if (values.size() > 1 && !(parameter.kind() instanceof Kind.DateStyle)) {
              throw new QuiverException(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "SET %s takes only one argument",
                  parameter.name());
            }
            yield String.join(", ", values);
          }
        };
    if (parameter.kind() instanceof Kind.Role) {
      roles.requireSettable(parameter.name(), value, effective);
    }
    String key = key(parameter.name());
    String kept =
        ParameterValues.normalise(
            parameter,
            value,
            effective.getOrDefault(key, ""),
            resetValues.getOrDefault(key, parameter.bootValue()));
    change(key, kept, inTransactionOnly);
    return key;
  }

  /// `SET search_path = 'a, b'` is one string that may be a list; `SET search_path = "a, b"` cannot
  /// be told from it here and is read the same way.
  private static String searchPathOfOne(String value) {
    return ParameterValues.splitIdentifiers(value).isPresent() && value.indexOf('$') < 0
        ? value
        : value.contains("\"") ? value : ParameterValues.quoteIdentifier(value);
  }

  private static void requireChangeable(Parameter parameter) {
    switch (parameter.access()) {
      case USER -> {}
      case INTERNAL ->
          throw new QuiverException(
              SqlState.CANT_CHANGE_RUNTIME_PARAM,
              "parameter \"%s\" cannot be changed",
              parameter.name());
      case POSTMASTER ->
          throw new QuiverException(
              SqlState.CANT_CHANGE_RUNTIME_PARAM,
              "parameter \"%s\" cannot be changed without restarting the server",
              parameter.name());
      case RELOAD ->
          throw new QuiverException(
              SqlState.CANT_CHANGE_RUNTIME_PARAM,
              "parameter \"%s\" cannot be changed now",
              parameter.name());
    }
  }

  private static void requirePlaceholder(String name) {
    if (name.indexOf('.') < 0) {
      throw unrecognised(name);
    }
    String prefix = Parameters.reservedPrefix(name);
    if (prefix != null) {
      throw new QuiverException(
              SqlState.INVALID_NAME, "invalid configuration parameter name \"%s\"", name)
          .withDetail("\"" + prefix + "\" is a reserved prefix.");
    }
    if (!name.matches("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)+")) {
      throw new QuiverException(
              SqlState.INVALID_NAME, "invalid configuration parameter name \"%s\"", name)
          .withDetail(
              "Custom parameter names must be two or more simple identifiers separated by dots.");
    }
  }

  private static QuiverException unrecognised(String name) {
    return new QuiverException(
        SqlState.UNDEFINED_OBJECT, "unrecognized configuration parameter \"%s\"", name);
  }

  /// RESET name.
  ///
  /// @return the key of the parameter
  public String reset(String name, boolean inTransactionOnly) {
    Optional<Parameter> found = parameters.find(name);
    if (found.isEmpty()) {
      requirePlaceholder(name);
      change(key(name), "", inTransactionOnly);
      return key(name);
    }
    requireChangeable(found.get());
    String key = key(found.get().name());
    change(key, resetValues.getOrDefault(key, ""), inTransactionOnly);
    return key;
  }

  /// The name of a parameter as PostgreSQL spells it.
  public String spelling(String name) {
    return parameters.find(name).map(Parameter::name).orElse(name);
  }

  /// RESET ALL. Those of the current transaction stay.
  public void resetAll() {
    for (Parameter parameter : parameters.all()) {
      String key = key(parameter.name());
      if (parameter.access() == Access.USER
          && !key.startsWith("transaction_")
          && !key.equals("session_authorization")
          && !key.equals("role")) {
        change(key, resetValues.getOrDefault(key, ""), false);
      }
    }
    for (String key : List.copyOf(session.keySet())) {
      if (parameters.find(key).isEmpty()) {
        change(key, "", false);
      }
    }
  }

  /// Changes a value; who somebody is, with what follows from it.
  private void change(String key, String value, boolean inTransactionOnly) {
    if (key.equals(SESSION_AUTHORIZATION)) {
      changeOne(ROLE, NO_ROLE, inTransactionOnly);
    }
    changeOne(key, value, inTransactionOnly);
    if (key.equals(ROLE) || key.equals(SESSION_AUTHORIZATION)) {
      String role = effective.getOrDefault(ROLE, NO_ROLE);
      boolean isSuperuser =
          roles.isSuperuser(
              role.equals(NO_ROLE) ? effective.getOrDefault(SESSION_AUTHORIZATION, "") : role);
      changeOne(IS_SUPERUSER, onOff(isSuperuser), inTransactionOnly);
    }
  }

  private static String onOff(boolean isOn) {
    return isOn ? "on" : "off";
  }

  private void changeOne(String key, String value, boolean inTransactionOnly) {
    if (inTransactionOnly) {
      // Every transaction begins with this for its modes.
      if (value.equals(local.getOrDefault(key, session.get(key)))) {
        return;
      }
      local = with(local, key, value);
    } else {
      session = with(session, key, value);
      if (local.containsKey(key)) {
        Map<String, String> less = new HashMap<>(local);
        less.remove(key);
        local = Map.copyOf(less);
      }
    }
    apply();
  }

  private static Map<String, String> with(Map<String, String> map, String key, String value) {
    Map<String, String> changed = new HashMap<>(map);
    changed.put(key, value);
    return Map.copyOf(changed);
  }

  private void apply() {
    Map<String, String> before = effective;
    if (local.isEmpty()) {
      effective = session;
    } else {
      Map<String, String> merged = new HashMap<>(session);
      merged.putAll(local);
      effective = Map.copyOf(merged);
    }
    for (Parameter parameter : parameters.all()) {
      if (reporting && parameter.report()) {
        String key = key(parameter.name());
        String value = effective.getOrDefault(key, "");
        if (!value.equals(before.get(key))) {
          onReportedChange.accept(parameter.name(), value);
        }
      }
    }
  }

  public Mark mark() {
    return new Mark(session, local);
  }

  public void rewind(Mark mark) {
    session = mark.session();
    local = mark.local();
    apply();
  }

  /// Drops what SET LOCAL has set.
  public void endTransaction() {
    if (!local.isEmpty()) {
      local = Map.of();
      apply();
    }
  }

  /// Kept values by lower-case name; immutable.
  public Map<String, String> values() {
    return effective;
  }

  /// The kept value of a parameter that exists.
  ///
  /// @param key lower-case name
  public String value(String key) {
    String value = effective.get(key);
    if (value == null) {
      throw unrecognised(key);
    }
    return value;
  }

  public long number(String key) {
    return Long.parseLong(value(key));
  }

  public boolean isOn(String key) {
    return value(key).equals("on");
  }

  /// SHOW: the parameter's name as PostgreSQL spells it, and its value.
  public Map.Entry<String, String> show(String name) {
    Optional<Parameter> found = parameters.find(name);
    if (found.isPresent()) {
      Parameter parameter = found.get();
      return Map.entry(
          parameter.name(), ParameterValues.display(parameter, value(key(parameter.name()))));
    }
    String placeholder = effective.get(key(name));
    if (placeholder == null) {
      throw unrecognised(name);
    }
    return Map.entry(key(name), placeholder);
  }

  /// Parameters that clients are told at connect time, with their values.
  public Map<String, String> reported() {
    Map<String, String> reported = new TreeMap<>();
    for (Parameter parameter : parameters.all()) {
      if (parameter.report()) {
        reported.put(parameter.name(), value(key(parameter.name())));
      }
    }
    return reported;
  }

  private String currentUser() {
    String role = value(ROLE);
    return role.equals(NO_ROLE) ? value(SESSION_AUTHORIZATION) : role;
  }

  /// The schemas of `search_path`, `$user` replaced.
  public List<String> searchPath() {
    List<String> path = new ArrayList<>();
    Collection<String> names =
        ParameterValues.splitIdentifiers(value("search_path")).orElse(List.of());
    for (String name : names) {
      path.add(name.equals("$user") ? currentUser() : name);
    }
    return path;
  }

  /// Parameters that plans depend on and that are not at their defaults, with their values.
  public Map<String, String> changedForPlans() {
    Map<String, String> changed = new TreeMap<>();
    for (Parameter parameter : parameters.all()) {
      String value = value(key(parameter.name()));
      if (PLAN_PARAMETER.matcher(parameter.name()).matches()
          && !value.equals(parameter.bootValue())) {
        changed.put(parameter.name(), ParameterValues.display(parameter, value));
      }
    }
    return changed;
  }

  /// `pg_settings` and SHOW ALL: every parameter, by name.
  public List<SettingRow> rows() {
    List<SettingRow> rows = new ArrayList<>();
    for (Parameter parameter : parameters.all()) {
      String key = key(parameter.name());
      Kind kind = parameter.kind();
      boolean whole = kind instanceof Kind.Int;
      rows.add(
          new SettingRow(
              parameter.name(),
              value(key),
              kind instanceof Kind.Int(var min, var max, var unit) && unit != null
                  ? unit.symbol()
                  : null,
              parameter.category(),
              parameter.description(),
              parameter.access().context(),
              parameter.typeName(),
              value(key).equals(parameter.bootValue()) ? "default" : "session",
              whole ? Long.toString(((Kind.Int) kind).min()) : realBound(kind, true),
              whole ? Long.toString(((Kind.Int) kind).max()) : realBound(kind, false),
              kind instanceof Kind.Choice(var choices, var supported) ? choices : null,
              parameter.bootValue(),
              resetValues.getOrDefault(key, "")));
    }
    return rows;
  }

  private static @Nullable String realBound(Kind kind, boolean lower) {
    return kind instanceof Kind.Real(var min, var max) ? Double.toString(lower ? min : max) : null;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
