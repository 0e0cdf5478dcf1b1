package quiver.common.value;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// What is said of values that are none of a domain.
public final class DomainValues {
  private DomainValues() {}

  /// `23514` for a CHECK, `23502` for NOT NULL.
  ///
  /// @param domain as messages call it
  /// @param constraint the name of the CHECK; empty for NOT NULL
  public static QuiverException violation(String domain, String constraint) {
    return constraint.isEmpty()
        ? new QuiverException(
            SqlState.NOT_NULL_VIOLATION, "domain %s does not allow null values", domain)
        : new QuiverException(
                SqlState.CHECK_VIOLATION,
                "value for domain %s violates check constraint \"%s\"",
                domain,
                constraint)
            .with(QuiverException.Field.CONSTRAINT, constraint);
  }
}
