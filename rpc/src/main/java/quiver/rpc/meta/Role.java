package quiver.rpc.meta;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a process of a cluster does.
public enum Role {
  FRONT_END,
  ROOT_COORDINATOR,
  DATA_COORDINATOR,
  QUERY_COORDINATOR,
  DATA_NODE,
  QUERY_NODE,
  INDEX_NODE;

  /// As people write it: `front-end`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Reads [#text].
  public static Optional<Role> parse(String text) {
    for (Role role : values()) {
      if (role.text().equals(text)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /// A comma-separated list, in the order of this enum.
  public static String list(Set<Role> roles) {
    List<String> texts = new ArrayList<>();
    for (Role role : values()) {
      if (roles.contains(role)) {
        texts.add(role.text());
      }
    }
    return String.join(",", texts);
  }

  /// Reads [#list].
  ///
  /// @throws IllegalArgumentException if a part is no role
  static Set<Role> parseList(String text) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String part : text.split(",", -1)) {
      if (!part.isEmpty()) {
        roles.add(parse(part).orElseThrow(() -> new IllegalArgumentException("role " + part)));
      }
    }
    return roles;
  }
}
