package quiver.frontend.session;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.SecurityCommand.Password;
import quiver.common.catalog.SecurityCommand.RoleOptions;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.auth.ScramVerifier;
import quiver.frontend.setting.RoleRules;
import quiver.frontend.setting.SessionSettings;

/// Commands about roles, before they leave the front end: no password does.
final class Passwords {
  private Passwords() {}

  /// The command with verifiers in place of passwords, and settings that are valid.
  static DdlCommand hidden(DdlCommand command, SessionServices services, Session session) {
    if (!(command instanceof DdlCommand.Secure(SecurityCommand secure))) {
      return command;
    }
    return switch (secure) {
      case SecurityCommand.CreateRole create ->
          new DdlCommand.Secure(
              new SecurityCommand.CreateRole(
                  create.name(),
                  hidden(create.options(), services, session),
                  create.in(),
                  create.members(),
                  create.admins()));
      case SecurityCommand.AlterRole alter ->
          new DdlCommand.Secure(
              new SecurityCommand.AlterRole(
                  alter.name(), hidden(alter.options(), services, session)));
      case SecurityCommand.SetRoleSetting set ->
          new DdlCommand.Secure(
              new SecurityCommand.SetRoleSetting(
                  set.role(),
                  set.setting().map(name -> valid(name, set.value(), services)),
                  set.value()));
      default -> command;
    };
  }

  /// The name of a setting as PostgreSQL spells it, once the value has been tried.
  private static String valid(String name, Optional<String> value, SessionServices services) {
    SessionSettings probe =
        new SessionSettings(services.parameters(), RoleRules.alone(""), (key, changed) -> {});
    String _ = probe.set(name, value.map(List::of).orElse(List.of()), false);
    return probe.spelling(name);
  }

  private static RoleOptions hidden(
      RoleOptions options, SessionServices services, Session session) {
    if (!(options.password().orElse(null) instanceof Password.Plain(String text))) {
      return options;
    }
    if (text.isEmpty()) {
      session.send(
          Notice.notice("00000", "empty string is not a valid password, clearing password"));
      return options.withPassword(new Password.None());
    }
    Optional<ScramVerifier> given = ScramVerifier.parse(text);
    if (given.isEmpty() && text.matches("md5[0-9a-f]{32}")) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "passwords encrypted with MD5 are not supported");
    }
    ScramVerifier verifier =
        given.orElseGet(() -> ScramVerifier.of(text, services.statements().random()));
    return options.withPassword(new Password.Verifier(verifier.text()));
  }
}
