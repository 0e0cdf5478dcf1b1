package quiver.frontend.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What ran in the implicit transaction of the current message or pipeline, so that it can be run
/// again when it meets a concurrent update: nothing of it has reached the client. Used by the
/// session's thread only.
final class ImplicitRun {
  /// How often a transaction is run again; each time somebody else has committed.
  static final int REPLAY_COUNT_MAX = 20;

  private List<Action> actions = new ArrayList<>();
  private boolean replayable = true;

  /// One executed statement and where its replies are.
  ///
  /// @param from held position of its first reply
  /// @param to held position after its last reply
  /// @param portal what has to forget that it ran
  private record Action(int from, int to, Optional<Portal> portal, Runnable work) {}

  void add(int from, int to, Optional<Portal> portal, Runnable work) {
    actions.add(new Action(from, to, portal, work));
  }

  void forbid() {
    replayable = false;
  }

  boolean isReplayable() {
    return replayable;
  }

  void reset() {
    actions = new ArrayList<>();
    replayable = true;
  }

  /// Runs everything again, replacing the replies.
  void replay(Client client) {
    List<Action> before = actions;
    actions = new ArrayList<>();
    byte[] replies = client.takeHeld();
    int at = 0;
    for (Action action : before) {
      action.portal().ifPresent(Portal::restart);
    }
    for (Action action : before) {
      client.giveHeld(replies, at, action.from());
      int from = client.heldPosition();
      action.work().run();
      add(from, client.heldPosition(), action.portal(), action.work());
      at = action.to();
    }
    client.giveHeld(replies, at, replies.length);
  }
}
