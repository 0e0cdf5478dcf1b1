package quiver.common.type;

/// Who asked for a conversion: PostgreSQL's `castcontext`. Explicit casts truncate (`varchar(n)`),
/// assignments check.
public enum CastContext {
  IMPLICIT,
  ASSIGNMENT,
  EXPLICIT
}
