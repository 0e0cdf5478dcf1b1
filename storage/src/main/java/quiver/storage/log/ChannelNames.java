package quiver.storage.log;

import java.util.regex.Pattern;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The one rule for names of channels, valid for files and for Kafka topics alike.
public final class ChannelNames {
  private static final Pattern VALID =
      Pattern.compile(
          "[A-Za-z0-9_-][A-Za-z0-9._-]{0," + (LogBroker.MAX_CHANNEL_NAME_CHARACTERS - 1) + "}");

  private ChannelNames() {}

  /// Refuses an invalid name.
  ///
  /// @return `channel`
  /// @throws QuiverException `42602` if it is not a valid name
  public static String check(String channel) {
    if (!VALID.matcher(channel).matches()) {
      throw new QuiverException(SqlState.INVALID_NAME, "invalid log channel name \"%s\"", channel);
    }
    return channel;
  }
}
