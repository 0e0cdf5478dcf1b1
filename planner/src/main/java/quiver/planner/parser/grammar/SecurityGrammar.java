package quiver.planner.parser.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.planner.parser.generated.ParseException;
import quiver.planner.parser.node.AlterAction;
import quiver.planner.parser.node.SecurityStatement;
import quiver.planner.parser.node.SecurityStatement.Privilege;
import quiver.planner.parser.node.SecurityStatement.Target;
import quiver.planner.parser.node.SettingValue;
import quiver.planner.parser.node.Statement;

/// GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, REASSIGN and DROP OWNED, policies and settings of
/// roles. Written by hand: what a GRANT is about is known only after its list of words, which may
/// be privileges or roles.
abstract class SecurityGrammar extends NodeBuilder {
  protected abstract SqlNode expression() throws ParseException;

  protected abstract SqlIdentifier name() throws ParseException;

  protected abstract SqlIdentifier qualifiedName() throws ParseException;

  protected abstract List<SqlIdentifier> parenthesizedNames() throws ParseException;

  protected abstract List<SqlIdentifier> qualifiedNames() throws ParseException;

  protected abstract SettingValue settingValue() throws ParseException;

  protected abstract String settingName() throws ParseException;

  protected abstract String role() throws ParseException;

  protected abstract List<String> roles() throws ParseException;

  /// Whether the word `distance` ahead is this keyword.
  final boolean isWord(int distance, String word) {
    SqlToken token = ahead(distance);
    return token.category != Keywords.Category.NAME
        && token.category != Keywords.Category.NONE
        && token.value.equals(word);
  }

  final boolean accept(String word) {
    if (isWord(1, word)) {
      getNextToken();
      return true;
    }
    return false;
  }

  final boolean accept(String first, String second) {
    if (isWord(1, first) && isWord(2, second)) {
      getNextToken();
      getNextToken();
      return true;
    }
    return false;
  }

  final void expect(String word) {
    if (!accept(word)) {
      throw syntaxError();
    }
  }

  final boolean accept(int kind) {
    if (at(kind)) {
      getNextToken();
      return true;
    }
    return false;
  }

  final void expect(int kind) {
    if (!accept(kind)) {
      throw syntaxError();
    }
  }

  /// Whether one of these statements begins here.
  protected final boolean atSecurityStatement() {
    return isWord(1, "grant")
        || isWord(1, "revoke")
        || isWord(1, "reassign")
        || (isWord(1, "drop") && isWord(2, "owned"))
        || isWord(2, "policy")
        || (isWord(1, "alter") && (isWord(2, "default") || isAlterOfRole()));
  }

  private boolean isAlterOfRole() {
    return switch (ahead(2).value) {
      case "role", "user" -> isWord(4, "set") || isWord(4, "reset") || isWord(4, "rename");
      case "group" -> isWord(4, "add") || isWord(4, "drop") || isWord(4, "rename");
      case "database" -> isWord(4, "owner");
      default -> false;
    };
  }

  protected final Statement securityStatement() throws ParseException {
    return new Statement.Security(security());
  }

  private SecurityStatement security() throws ParseException {
    if (accept("grant")) {
      return grant(true);
    }
    if (accept("revoke")) {
      return grant(false);
    }
    if (accept("reassign")) {
      expect("owned");
      expect("by");
      List<String> from = roles();
      expect("to");
      return new SecurityStatement.ReassignOwned(from, role());
    }
    if (accept("drop", "owned")) {
      expect("by");
      return new SecurityStatement.DropOwned(roles(), cascade());
    }
    if (isWord(2, "policy")) {
      return policy();
    }
    expect("alter");
    return accept("default") ? defaults() : alter();
  }

  final boolean cascade() {
    if (accept("cascade")) {
      return true;
    }
    boolean _ = accept("restrict");
    return false;
  }

  // ---- GRANT, REVOKE

  private SecurityStatement grant(boolean isGrant) throws ParseException {
    boolean grantOption = false;
    boolean adminOption = false;
    if (!isGrant && isWord(2, "option")) {
      grantOption = accept("grant");
      adminOption = !grantOption && accept("admin");
      expect("option");
      expect("for");
    }
    SqlToken start = ahead(1);
    List<Privilege> privileges = privileges();
    if (adminOption || !isWord(1, "on")) {
      return grantRoles(isGrant, adminOption, roleNames(privileges, start));
    }
    return grantOn(isGrant, grantOption, privileges);
  }

  private List<String> roleNames(List<Privilege> words, SqlToken start) {
    List<String> names = new ArrayList<>();
    for (Privilege word : words) {
      if (word.name() == null || !word.columns().isEmpty()) {
        throw word.name() == null ? syntaxError() : lexer().syntaxError(start);
      }
      names.add(word.name());
    }
    return names;
  }

  private List<Privilege> privileges() throws ParseException {
    List<Privilege> list = new ArrayList<>();
    if (accept("all")) {
      int position = last().position();
      boolean _ = accept("privileges");
      list.add(new Privilege(null, columns(), position));
      return list;
    }
    do {
      SqlToken word = ahead(1);
      if (!isColumnId(1) && !isPrivilegeKeyword(word)) {
        throw syntaxError();
      }
      getNextToken();
      list.add(new Privilege(word.value, columns(), word.position()));
    } while (accept(COMMA));
    return list;
  }

  private static boolean isPrivilegeKeyword(SqlToken word) {
    return switch (word.value) {
      case "select", "references", "create", "current_user", "current_role", "session_user" -> true;
      default -> word.category == Keywords.Category.TYPE_OR_FUNCTION_NAME;
    };
  }

  private List<SqlIdentifier> columns() throws ParseException {
    return at(LPAREN) ? parenthesizedNames() : List.of();
  }

  private SecurityStatement grantRoles(
      boolean isGrant, boolean adminOptionFor, List<String> granted) throws ParseException {
    expect(isGrant ? "to" : "from");
    List<String> members = roles();
    boolean adminOption = adminOptionFor;
    if (isGrant && accept("with")) {
      expect("admin");
      expect("option");
      adminOption = true;
    }
    String grantedBy = grantedBy();
    return new SecurityStatement.GrantRoles(
        isGrant, adminOption, granted, members, grantedBy, !isGrant && cascade());
  }

  private @Nullable String grantedBy() throws ParseException {
    return accept("granted", "by") ? role() : null;
  }

  private SecurityStatement.Grant grantOn(
      boolean isGrant, boolean grantOption, List<Privilege> privileges) throws ParseException {
    expect("on");
    SqlToken start = ahead(1);
    Target target = target();
    String what = target == Target.TABLE ? "TABLE" : textFrom(start).toUpperCase(Locale.ROOT);
    List<SqlIdentifier> names = new ArrayList<>();
    if (target == Target.FUNCTION || target == Target.OTHER) {
      while (!isWord(1, "to") && !isWord(1, "from") && !at(SEMICOLON) && !at(EOF)) {
        getNextToken();
      }
    } else {
      names.addAll(qualifiedNames());
    }
    return rest(isGrant, grantOption, privileges, target, what, names);
  }

  private SecurityStatement.Grant rest(
      boolean isGrant,
      boolean grantOption,
      List<Privilege> privileges,
      Target target,
      String what,
      List<SqlIdentifier> names)
      throws ParseException {
    expect(isGrant ? "to" : "from");
    List<String> grantees = new ArrayList<>();
    do {
      boolean _ = accept("group");
      grantees.add(role());
    } while (accept(COMMA));
    boolean withOption = grantOption;
    if (isGrant && accept("with")) {
      expect("grant");
      expect("option");
      withOption = true;
    }
    String grantedBy = grantedBy();
    return new SecurityStatement.Grant(
        isGrant,
        withOption,
        privileges,
        target,
        what,
        names,
        grantees,
        grantedBy,
        !isGrant && cascade());
  }

  private Target target() {
    if (accept("all")) {
      Target target =
          switch (ahead(1).value) {
            case "tables" -> Target.ALL_TABLES;
            case "sequences" -> Target.ALL_SEQUENCES;
            case "functions", "procedures", "routines" -> Target.OTHER;
            default -> throw syntaxError();
          };
      getNextToken();
      if (target != Target.OTHER) {
        expect("in");
        expect("schema");
      }
      return target;
    }
    Target target =
        switch (ahead(1).value) {
          case "table" -> Target.TABLE;
          case "sequence" -> Target.SEQUENCE;
          case "schema" -> Target.SCHEMA;
          case "database" -> Target.DATABASE;
          case "type" -> Target.TYPE;
          case "domain" -> Target.DOMAIN;
          case "function", "procedure", "routine" -> Target.FUNCTION;
          case "language", "tablespace", "large", "foreign", "parameter" -> Target.OTHER;
          default -> Target.TABLE;
        };
    boolean named =
        ahead(1).category != Keywords.Category.NAME
            && (target != Target.TABLE || isWord(1, "table"))
            && !isWord(2, "to")
            && !isWord(2, "from")
            && ahead(2).kind != COMMA
            && ahead(2).kind != DOT;
    if (!named) {
      return Target.TABLE;
    }
    getNextToken();
    return target;
  }

  private SecurityStatement defaults() throws ParseException {
    expect("privileges");
    List<String> owners = new ArrayList<>();
    List<String> schemas = new ArrayList<>();
    while (isWord(1, "for") || isWord(1, "in")) {
      if (accept("for")) {
        if (!accept("role") && !accept("user")) {
          throw syntaxError();
        }
        owners.addAll(roles());
      } else {
        expect("in");
        expect("schema");
        do {
          schemas.add(name().getSimple());
        } while (accept(COMMA));
      }
    }
    boolean isGrant = accept("grant");
    if (!isGrant) {
      expect("revoke");
    }
    boolean grantOption = false;
    if (!isGrant && isWord(1, "grant")) {
      expect("grant");
      expect("option");
      expect("for");
      grantOption = true;
    }
    List<Privilege> privileges = privileges();
    expect("on");
    Target target =
        switch (ahead(1).value) {
          case "tables" -> Target.TABLE;
          case "sequences" -> Target.SEQUENCE;
          case "functions", "routines" -> Target.FUNCTION;
          case "types" -> Target.TYPE;
          case "schemas" -> Target.SCHEMA;
          default -> throw syntaxError();
        };
    String what = ahead(1).value.toUpperCase(Locale.ROOT);
    getNextToken();
    return new SecurityStatement.DefaultPrivileges(
        owners, schemas, rest(isGrant, grantOption, privileges, target, what, List.of()));
  }

  // ---- ALTER

  private SecurityStatement alter() throws ParseException {
    String what = ahead(1).value;
    getNextToken();
    if (what.equals("database")) {
      SqlIdentifier database = name();
      expect("owner");
      expect("to");
      return new SecurityStatement.DatabaseOwner(database, role());
    }
    if (accept("all")) {
      return setting(SecurityStatement.ALL_ROLES);
    }
    String role = role();
    if (accept("rename")) {
      expect("to");
      return new SecurityStatement.RenameRole(role, name().getSimple());
    }
    if (what.equals("group")) {
      boolean isGrant = accept("add");
      if (!isGrant) {
        expect("drop");
      }
      expect("user");
      return new SecurityStatement.GrantRoles(isGrant, false, List.of(role), roles(), null, false);
    }
    return setting(role);
  }

  private SecurityStatement setting(String role) throws ParseException {
    if (accept("reset")) {
      return accept("all")
          ? new SecurityStatement.SetRoleSetting(role, null, null)
          : new SecurityStatement.SetRoleSetting(role, settingName(), null);
    }
    expect("set");
    String setting;
    if (accept("time", "zone")) {
      setting = "timezone";
    } else {
      setting = settingName();
      if (!accept(EQ)) {
        expect("to");
      }
    }
    if (accept("default")) {
      return new SecurityStatement.SetRoleSetting(role, setting, null);
    }
    List<SettingValue> values = new ArrayList<>();
    do {
      values.add(settingValue());
    } while (accept(COMMA));
    return new SecurityStatement.SetRoleSetting(role, setting, values);
  }

  /// Whether an action of ALTER TABLE is about row security.
  protected final boolean atRowSecurity() {
    int words = isWord(1, "no") ? 2 : 1;
    return isWord(words + 1, "row") && isWord(words + 2, "level") && isWord(words + 3, "security");
  }

  protected final AlterAction rowSecurity(SqlToken word) {
    AlterAction action =
        switch (word.value) {
          case "enable" -> new AlterAction.RowSecurity(true, null);
          case "disable" -> new AlterAction.RowSecurity(false, null);
          case "force" -> new AlterAction.RowSecurity(null, true);
          case "no" -> new AlterAction.RowSecurity(null, false);
          default -> throw syntaxError();
        };
    if (word.value.equals("no")) {
      expect("force");
    }
    expect("row");
    expect("level");
    expect("security");
    return action;
  }

  // ---- policies

  private SecurityStatement policy() throws ParseException {
    String verb = ahead(1).value;
    getNextToken();
    getNextToken();
    boolean ifExists = verb.equals("drop") && accept("if", "exists");
    SqlIdentifier policy = name();
    expect("on");
    SqlIdentifier table = qualifiedName();
    return switch (verb) {
      case "drop" -> {
        boolean _ = cascade();
        yield new SecurityStatement.DropPolicy(policy, table, ifExists);
      }
      case "alter" -> alterPolicy(policy, table);
      case "create" -> createPolicy(policy, table);
      default -> throw syntaxError();
    };
  }

  private SecurityStatement createPolicy(SqlIdentifier policy, SqlIdentifier table)
      throws ParseException {
    boolean permissive = true;
    if (accept("as")) {
      SqlToken word = ahead(1);
      getNextToken();
      permissive = word.value.equals("permissive");
      if (!permissive && !word.value.equals("restrictive")) {
        throw error("unrecognized row security option \"" + word.value + "\"", word.position())
            .withHint("Only PERMISSIVE or RESTRICTIVE policies are supported currently.");
      }
    }
    String command = "ALL";
    if (accept("for")) {
      command = ahead(1).value.toUpperCase(Locale.ROOT);
      switch (command) {
        case "ALL", "SELECT", "INSERT", "UPDATE", "DELETE" -> getNextToken();
        default -> throw syntaxError();
      }
    }
    List<String> to = accept("to") ? roles() : List.of("public");
    SqlNode using = using();
    return new SecurityStatement.CreatePolicy(
        policy, table, permissive, command, to, using, check());
  }

  private SecurityStatement alterPolicy(SqlIdentifier policy, SqlIdentifier table)
      throws ParseException {
    if (accept("rename")) {
      expect("to");
      return new SecurityStatement.AlterPolicy(policy, table, name(), null, null, null);
    }
    List<String> to = accept("to") ? roles() : null;
    SqlNode using = using();
    return new SecurityStatement.AlterPolicy(policy, table, null, to, using, check());
  }

  private @Nullable SqlNode using() throws ParseException {
    return accept("using") ? parenthesized() : null;
  }

  private @Nullable SqlNode check() throws ParseException {
    return accept("with", "check") ? parenthesized() : null;
  }

  private SqlNode parenthesized() throws ParseException {
    expect(LPAREN);
    SqlNode node = expression();
    expect(RPAREN);
    return node;
  }
}
