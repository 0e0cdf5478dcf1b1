package quiver.common.function;

import java.util.Optional;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;

/// One row of `pg_cast`.
///
/// @param context the weakest context in which the cast is made without being asked for
/// @param function of method FUNCTION; it takes the value, or the value and the target's modifier,
///   or these two and whether the cast is explicit
public record CastSignature(
    SqlType source,
    SqlType target,
    CastContext context,
    CastMethod method,
    Optional<FunctionSignature> function) {}
