package quiver.rpc.meta;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// On which log channel a table is. A table has one channel, found from its id, so that most
/// transactions are one record of one log. The number of channels is chosen when a cluster or a
/// data directory is made, and stays.
///
/// @param count 1 to [#COUNT_MAX]
public record ChannelMap(int count) {
  /// Channels of a cluster.
  public static final int COUNT_MAX = 64;

  /// The first channel, and the only one of stores that do not say how many there are.
  public static final String FIRST = MetaKeys.STANDALONE_CHANNEL;

  public ChannelMap {
    if (count < 1 || count > COUNT_MAX) {
      throw new IllegalArgumentException(count + " channels");
    }
  }

  /// What the meta store says.
  ///
  /// @param stored the value of [MetaKeys#CHANNEL_COUNT], if it is there
  public static ChannelMap of(Optional<byte[]> stored) {
    return new ChannelMap(
        stored
            .map(value -> Math.toIntExact(MetaValue.toLong(MetaKeys.CHANNEL_COUNT, value)))
            .orElse(1));
  }

  /// Names of the channels; a transaction takes them in their natural order.
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(name(i));
    }
    return names;
  }

  private static String name(int index) {
    return index == 0 ? FIRST : "channel-" + (index + 1);
  }

  /// The channel of a table.
  public String channelOf(long tableId) {
    // Ids of tables have those of their indexes between them.
    long mixed = tableId * 0x9E3779B97F4A7C15L;
    return name((int) Long.remainderUnsigned(mixed >>> 17, count));
  }
}
