package quiver.vector.graph;

/// How far a walk goes beyond what it has found.
///
/// @param deviations standard deviations by which an estimate may be wrong
/// @param slack how much farther than the worst vertex wanted a vertex may lie to be expanded, in
///   typical standard deviations: its neighbours may be nearer
record WalkEffort(float deviations, float slack) {
  /// No vertex is expanded that is estimated farther than what was found.
  static final WalkEffort LEAST = new WalkEffort(0, 0);

  /// Standard deviations at effort 1.
  private static final float DEVIATIONS_PER_ROOT = 0.45f;

  /// More does not find more: then slack does.
  private static final float DEVIATIONS_MAX = 2.5f;

  private static final float SLACK_FROM = 1.4f;
  private static final float SLACK_PER_DEVIATION = 0.3f;

  /// What an effort of `hnsw.ef_search` candidates comes to: 2.5 deviations at the default of 40.
  static WalkEffort of(int effort) {
    float root = DEVIATIONS_PER_ROOT * (float) Math.sqrt(effort);
    return new WalkEffort(
        Math.min(DEVIATIONS_MAX, root), SLACK_PER_DEVIATION * Math.max(0, root - SLACK_FROM));
  }
}
