package quiver.jdbc.sql;

import java.util.Set;

/// What the driver knows about a statement before it is sent.
///
/// @param kind what it does
/// @param setting the lower-case name that SET or RESET is about; what pins the session; else empty
public record StatementText(Kind kind, String setting) {
  /// What a statement does, as far as a lost connection is concerned.
  public enum Kind {
    /// Changes nothing: may be sent again.
    READ,
    /// Changes data or definitions, or might.
    WRITE,
    /// SET for the session: is sent again to another front end.
    SET,
    /// RESET of one setting, or of all of them if it names none.
    RESET,
    /// Ends a transaction and keeps what it did.
    COMMIT,
    /// Ends a transaction and drops what it did.
    ROLLBACK,
    /// Leaves something in the session that cannot be carried to another front end.
    PIN
  }

  private static final Set<String> READING =
      Set.of("select", "values", "table", "with", "show", "explain", "(");

  /// Words that show that a query changes something. As names of columns they are rare; then the
  /// statement is only not repeated.
  private static final Set<String> CHANGING =
      Set.of("insert", "update", "delete", "merge", "into", "share", "call");

  /// Functions that change something other than the session.
  private static final Set<String> CHANGING_FUNCTIONS =
      Set.of(
          "nextval",
          "setval",
          "pg_notify",
          "pg_cancel_backend",
          "pg_terminate_backend",
          "pg_reload_conf",
          "dblink",
          "dblink_exec",
          "query_to_xml");

  private static final StatementText READ_TEXT = new StatementText(Kind.READ, "");
  private static final StatementText WRITE_TEXT = new StatementText(Kind.WRITE, "");

  /// Looks at a statement, or at several of them.
  public static StatementText of(String sql) {
    Tokens tokens = new Tokens(sql);
    StatementText first = one(tokens);
    takeSemicolons(tokens);
    if (tokens.isEnd()) {
      return first;
    }
    boolean isPlain = first.isData();
    while (!tokens.isEnd()) {
      isPlain &= one(tokens).isData();
      takeSemicolons(tokens);
    }
    return isPlain ? WRITE_TEXT : new StatementText(Kind.PIN, "a script that changes settings");
  }

  private static void takeSemicolons(Tokens tokens) {
    while (tokens.is(';')) {
      tokens.advance();
    }
  }

  private boolean isData() {
    return kind == Kind.READ || kind == Kind.WRITE;
  }

  /// Reads up to the semicolon or the end.
  private static StatementText one(Tokens tokens) {
    String first = tokens.word();
    if (READING.contains(first)) {
      return query(tokens);
    }
    tokens.advance();
    StatementText found =
        switch (first) {
          case "set" -> set(tokens);
          case "reset" -> new StatementText(Kind.RESET, tokens.is("all") ? "" : name(tokens));
          case "discard" -> new StatementText(Kind.RESET, "");
          case "listen", "prepare", "load", "declare" -> new StatementText(Kind.PIN, first);
          case "commit", "end" -> new StatementText(Kind.COMMIT, "");
          case "rollback", "abort" -> rollback(tokens);
          case "create" -> create(tokens);
          default -> WRITE_TEXT;
        };
    StatementText rest = query(tokens);
    return found.kind == Kind.WRITE && rest.kind == Kind.PIN ? rest : found;
  }

  private static StatementText query(Tokens tokens) {
    StatementText found = READ_TEXT;
    String previous = "";
    while (!tokens.isEnd() && !tokens.is(';')) {
      if (tokens.kind() == Tokens.Kind.WORD) {
        String word = tokens.word();
        tokens.advance();
        boolean isCall = tokens.is('(');
        boolean isTemporary =
            previous.equals("into") && (word.equals("temp") || word.equals("temporary"));
        previous = word;
        if (isTemporary || (isCall && isPinning(word))) {
          found = new StatementText(Kind.PIN, word);
        } else if (found.kind == Kind.READ
            && (CHANGING.contains(word)
                || (isCall && (CHANGING_FUNCTIONS.contains(word) || word.startsWith("lo_"))))) {
          found = WRITE_TEXT;
        }
      } else {
        tokens.advance();
      }
    }
    return found;
  }

  private static boolean isPinning(String function) {
    return function.equals("set_config")
        || function.startsWith("pg_advisory_lock")
        || function.startsWith("pg_try_advisory_lock");
  }

  private static StatementText create(Tokens tokens) {
    if (tokens.is("local") || tokens.is("global")) {
      tokens.advance();
    }
    return tokens.is("temp") || tokens.is("temporary")
        ? new StatementText(Kind.PIN, "a temporary table")
        : WRITE_TEXT;
  }

  private static StatementText rollback(Tokens tokens) {
    if (tokens.is("work") || tokens.is("transaction")) {
      tokens.advance();
    }
    return !tokens.is("to") ? new StatementText(Kind.ROLLBACK, "") : WRITE_TEXT;
  }

  private static StatementText set(Tokens tokens) {
    if (tokens.is("local") || tokens.is("transaction") || tokens.is("constraints")) {
      return WRITE_TEXT;
    }
    tokens.take("session");
    return new StatementText(Kind.SET, name(tokens));
  }

  private static String name(Tokens tokens) {
    StringBuilder name = new StringBuilder(tokens.word());
    tokens.advance();
    while (tokens.take('.')) {
      name.append('.').append(tokens.word());
      tokens.advance();
    }
    return name.toString();
  }
}
