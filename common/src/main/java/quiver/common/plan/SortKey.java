package quiver.common.plan;

/// One ORDER BY key over an input column.
public record SortKey(int column, boolean descending, boolean nullsFirst) {}
