package quiver.planner.parser.grammar;

import org.jspecify.annotations.Nullable;

/// An operator as written, with the schema of `OPERATOR(schema.symbol)`.
public record OperatorName(@Nullable String schema, String symbol, int position) {}
