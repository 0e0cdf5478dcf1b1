package quiver.frontend.activity;

import java.util.List;

/// The sessions of this front end. Safe for every thread.
public interface SessionRegistry {
  /// A snapshot, by process id.
  List<SessionActivity> sessions();

  /// `pg_cancel_backend`: asks a session to stop its statement.
  ///
  /// @return false if there is no such session
  boolean cancel(int pid);

  /// `pg_terminate_backend`: ends a session with `57P01`.
  ///
  /// @return false if there is no such session
  boolean terminate(int pid);
}
