package quiver.planner.parser.grammar;

import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.Deferral;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.Constraint;

/// What is said behind a constraint, word by word: when it is checked, and whether for the rows
/// that are there.
public final class ConstraintTraits {
  private final Constraint.Body body;
  private final Place place;
  private @Nullable Boolean deferrable;
  private @Nullable Boolean deferred;
  private boolean notValid;

  /// Where the constraint stands.
  public enum Place {
    COLUMN,
    TABLE,
    DOMAIN,
    /// In ALTER CONSTRAINT, of a foreign key that is there.
    ALTERATION
  }

  public ConstraintTraits(Constraint.Body body, Place place) {
    this.body = body;
    this.place = place;
  }

  public void deferrable(boolean isDeferrable, int position) {
    requirePlace(isDeferrable ? "DEFERRABLE" : "NOT DEFERRABLE", isDeferrable, position);
    if (deferrable != null) {
      throw syntaxError("multiple DEFERRABLE/NOT DEFERRABLE clauses not allowed", position);
    }
    deferrable = isDeferrable;
    requireConsistent(position);
  }

  public void deferred(boolean isDeferred, int position) {
    requirePlace(isDeferred ? "INITIALLY DEFERRED" : "INITIALLY IMMEDIATE", isDeferred, position);
    if (deferred != null) {
      throw syntaxError("multiple INITIALLY IMMEDIATE/DEFERRED clauses not allowed", position);
    }
    deferred = isDeferred;
    requireConsistent(position);
  }

  /// Whether NOT VALID may follow: a column comes with its constraint.
  public boolean mayBeInvalid() {
    return place != Place.COLUMN;
  }

  public void notValid() {
    if (place == Place.ALTERATION) {
      throw unmarkable("FOREIGN KEY", "NOT VALID");
    }
    if (body instanceof Constraint.Unique unique) {
      throw unmarkable(unique.primary() ? "PRIMARY KEY" : "UNIQUE", "NOT VALID");
    }
    notValid = true;
  }

  private void requirePlace(String clause, boolean isAbility, int position) {
    if (place == Place.DOMAIN) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "specifying constraint deferrability not supported for domains");
    }
    if (place == Place.ALTERATION
        || body instanceof Constraint.Unique
        || body instanceof Constraint.ForeignKey) {
      return;
    }
    if (place == Place.COLUMN) {
      throw syntaxError("misplaced " + clause + " clause", position);
    }
    if (isAbility) {
      throw unmarkable("CHECK", "DEFERRABLE");
    }
  }

  private void requireConsistent(int position) {
    if (Boolean.TRUE.equals(deferred) && Boolean.FALSE.equals(deferrable)) {
      throw syntaxError("constraint declared INITIALLY DEFERRED must be DEFERRABLE", position);
    }
  }

  private static QuiverException syntaxError(String message, int position) {
    return QuiverException.ofMessage(SqlState.SYNTAX_ERROR, message).at(position);
  }

  private static QuiverException unmarkable(String kind, String mark) {
    return new QuiverException(
        SqlState.FEATURE_NOT_SUPPORTED, "%s constraints cannot be marked %s", kind, mark);
  }

  private Deferral deferral() {
    if (Boolean.TRUE.equals(deferred)) {
      return Deferral.INITIALLY_DEFERRED;
    }
    return Boolean.TRUE.equals(deferrable) ? Deferral.INITIALLY_IMMEDIATE : Deferral.NOT_DEFERRABLE;
  }

  public Constraint constraint(@Nullable SqlIdentifier name, int position) {
    return new Constraint(name, body, deferral(), notValid, position);
  }
}
