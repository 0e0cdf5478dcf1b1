package quiver.vector.graph;

/// How far a walk goes beyond what it has found.
///
/// @param deviations standard deviations by which an estimate may be wrong
/// @param slack how much farther than the worst vertex wanted a vertex may lie to be expanded, in
///   typical standard deviations: its neighbours may be nearer
/// @param ownDeviations as `deviations`, against what the walk has found for itself, where others
///   have found nearer rows: how long it looks for a way to them
/// @param ownShare the part of `k` that a walk finds for itself before it minds what others found
/// @param isAlone whether there are no other walks, so that it has to find all of `k`
record WalkEffort(
    float deviations, float slack, float ownDeviations, float ownShare, boolean isAlone) {
  /// No vertex is expanded that is estimated farther than what was found.
  static final WalkEffort LEAST = new WalkEffort(0, 0, 0, 0, true);

  /// Standard deviations at effort 1.
  private static final float DEVIATIONS_PER_ROOT = 0.45f;

  /// More does not find more: then slack does.
  private static final float DEVIATIONS_MAX = 2.5f;

  private static final float OWN_DEVIATIONS_FROM = 1.8f;
  private static final float OWN_SHARE_PER_ROOT = 0.16f;

  private static final float SLACK_FROM = 1.4f;
  private static final float SLACK_PER_DEVIATION = 0.3f;

  /// Among other segments' walks, which end each other, so many times the effort gives the recall
  /// of a walk alone.
  static final int BESIDE_OTHERS_FACTOR = 4;

  private static final int BESIDE_OTHERS_MORE = 2;

  /// What an effort of `hnsw.ef_search` candidates comes to: 2.5 deviations at the default of 40.
  static WalkEffort of(int effort) {
    return of(effort, true);
  }

  private static WalkEffort of(int effort, boolean isAlone) {
    float root = DEVIATIONS_PER_ROOT * (float) Math.sqrt(effort);
    return new WalkEffort(
        Math.min(DEVIATIONS_MAX, root),
        SLACK_PER_DEVIATION * Math.max(0, root - SLACK_FROM),
        Math.clamp(root - OWN_DEVIATIONS_FROM, 0, DEVIATIONS_MAX),
        Math.min(1, OWN_SHARE_PER_ROOT * root),
        isAlone);
  }

  /// The same for a walk among those of other segments.
  static WalkEffort besideOthers(int effort) {
    long more = (long) BESIDE_OTHERS_FACTOR * effort + BESIDE_OTHERS_MORE;
    return of((int) Math.min(more, Integer.MAX_VALUE), false);
  }
}
