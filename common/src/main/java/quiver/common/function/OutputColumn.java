package quiver.common.function;

import quiver.common.type.SqlType;

/// A named result column of a function with OUT parameters.
public record OutputColumn(String name, SqlType type) {}
