package quiver.common.plan;

/// SQL's joins. SEMI and ANTI emit left columns only; NULL_AWARE_ANTI is NOT IN.
public enum JoinKind {
  INNER,
  LEFT,
  RIGHT,
  FULL,
  SEMI,
  ANTI,
  NULL_AWARE_ANTI
}
