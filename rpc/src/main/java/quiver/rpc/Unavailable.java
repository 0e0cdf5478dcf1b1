package quiver.rpc;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The error of a call whose target is gone, cannot be reached, or no longer has the job (a deposed
/// leader, a channel's former owner): `57P03`. The caller looks the target up again and may repeat
/// the call, which may or may not have taken effect; services make that harmless by the ids in
/// their requests.
public final class Unavailable {
  private Unavailable() {}

  /// What a service throws that does not have the job, and a transport that cannot reach it.
  @FormatMethod
  public static QuiverException because(@FormatString String format, @Nullable Object... args) {
    return new QuiverException(SqlState.CANNOT_CONNECT_NOW, format, args);
  }

  /// Whether a call failed that way.
  public static boolean is(RuntimeException error) {
    return error instanceof QuiverException failure
        && failure.state() == SqlState.CANNOT_CONNECT_NOW;
  }
}
