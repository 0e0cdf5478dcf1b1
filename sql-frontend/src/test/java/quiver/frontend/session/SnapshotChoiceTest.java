package quiver.frontend.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import quiver.execution.library.StandardFunctionLibrary;
import quiver.execution.operator.FragmentExecutor;
import quiver.frontend.MemoryBackend;
import quiver.rpc.RootCoordinatorService.Moment;

/// Which moment statements read at.
class SnapshotChoiceTest {
  private static final Map<String, String> EVENTUAL =
      Map.of(SnapshotChoice.CONSISTENCY, "eventual");
  private static final Map<String, String> SESSION = Map.of(SnapshotChoice.CONSISTENCY, "session");

  private final MemoryBackend backend =
      new MemoryBackend(new FragmentExecutor(new StandardFunctionLibrary()));
  private final SnapshotChoice choice =
      new SnapshotChoice(backend, backend, new SnapshotChoice.Newest(), () -> 0);

  private Moment read(Map<String, String> settings) {
    choice.begin(Optional.empty(), Optional.empty());
    try {
      var _ = choice.definitions();
      return choice.forRead(settings, Optional.empty());
    } finally {
      var _ = choice.end();
    }
  }

  private Moment change() {
    choice.begin(Optional.empty(), Optional.empty());
    try {
      var _ = choice.definitions();
      return choice.forChange();
    } finally {
      var _ = choice.end();
    }
  }

  @Test
  void weakReadsTakeAMomentThatSomebodyHasReadAt() {
    Moment first = read(Map.of());

    assertThat(read(EVENTUAL)).isEqualTo(first);
    assertThat(read(SESSION)).isEqualTo(first);
    assertThat(read(Map.of()).timestamp()).isGreaterThan(first.timestamp());
  }

  @Test
  void weakReadsShowWhatTheSessionHasChanged() {
    Moment first = read(Map.of());
    Moment changed = change();

    assertThat(changed.timestamp()).isGreaterThan(first.timestamp());
    assertThat(read(EVENTUAL).timestamp()).isGreaterThan(changed.timestamp());
  }

  @Test
  void weakReadsAreNotOlderThanTheDefinitionsTheySee() {
    Moment first = read(Map.of());
    backend.newDefinitions();

    Moment after = read(EVENTUAL);
    assertThat(after.timestamp()).isGreaterThan(first.timestamp());
    assertThat(read(EVENTUAL)).isEqualTo(after);
  }
}
