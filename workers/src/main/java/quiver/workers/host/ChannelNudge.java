package quiver.workers.host;

/// Tells the owner of a channel, wherever it is, that readers wait for a timestamp.
public interface ChannelNudge {
  /// Makes the owner write a TICK soon if it has nothing else to write. May fail: it is repeated
  /// while somebody waits.
  void nudge(String channel, long timestamp);
}
