package quiver.common.catalog;

/// When a constraint is checked: after each statement, or when the transaction commits.
public enum Deferral {
  NOT_DEFERRABLE(""),
  INITIALLY_IMMEDIATE(" DEFERRABLE"),
  INITIALLY_DEFERRED(" DEFERRABLE INITIALLY DEFERRED");

  private final String sql;

  Deferral(String sql) {
    this.sql = sql;
  }

  /// Whether SET CONSTRAINTS may say when.
  public boolean isDeferrable() {
    return this != NOT_DEFERRABLE;
  }

  /// Whether it is checked at COMMIT unless SET CONSTRAINTS says otherwise.
  public boolean isInitiallyDeferred() {
    return this == INITIALLY_DEFERRED;
  }

  /// As definitions have it, with a blank before it.
  public String sql() {
    return sql;
  }
}
