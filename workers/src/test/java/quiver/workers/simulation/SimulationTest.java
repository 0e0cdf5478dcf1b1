package quiver.workers.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {
  /// More with `-Dquiver.simulation.seeds=…`.
  private static final int SEED_COUNT = Integer.getInteger("quiver.simulation.seeds", 300);

  private static final int STEP_COUNT = 400;

  /// Seeds within which every mutation must be found.
  private static final int MUTATION_SEED_COUNT = 150;

  /// Seeds that have failed once: clients read at snapshots their replicas had not reached.
  @ParameterizedTest
  @ValueSource(longs = {50_868, 51_777, 52_079})
  void whatHasFailedOnceHolds(long seed) {
    assertThat(new Simulation(seed, Mutation.NONE).run(STEP_COUNT)).isPositive();
  }

  @Test
  void nothingIsLostTwiceOrResurrected() {
    int acknowledged = 0;
    int crashes = 0;
    int sharedReads = 0;
    int refusedShares = 0;
    int reloads = 0;
    int pastReads = 0;
    int refusedPasts = 0;
    long first = Long.getLong("quiver.simulation.first", 1);
    for (long seed = first; seed < first + SEED_COUNT; seed++) {
      Simulation simulation = new Simulation(seed, Mutation.NONE);
      try {
        acknowledged += simulation.run(STEP_COUNT);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
      crashes += simulation.crashCount();
      sharedReads += simulation.sharedReadCount();
      refusedShares += simulation.refusedShareCount();
      reloads += simulation.reloadCount();
      pastReads += simulation.pastReadCount();
      refusedPasts += simulation.refusedPastCount();
    }
    assertThat(acknowledged).isGreaterThan(SEED_COUNT * 20);
    assertThat(crashes).isGreaterThan(SEED_COUNT);
    assertThat(sharedReads).isGreaterThan(SEED_COUNT * 50);
    assertThat(refusedShares).isPositive();
    assertThat(pastReads).isGreaterThan(SEED_COUNT * 20);
    assertThat(refusedPasts).isGreaterThan(SEED_COUNT);
    assertThat(reloads).isGreaterThan(SEED_COUNT / 20);
  }

  /// Tests the test: a broken rule is noticed.
  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"NONE", "CHECKPOINT_WITHOUT_KEYS"})
  void aBrokenRuleIsNoticed(Mutation mutation) {
    assertThat(firstFailure(mutation)).as("first failing seed of %s", mutation).isPresent();
  }

  private static Optional<Long> firstFailure(Mutation mutation) {
    for (long seed = 1; seed <= MUTATION_SEED_COUNT; seed++) {
      try {
        int _ = new Simulation(seed, mutation).run(STEP_COUNT);
      } catch (RuntimeException | AssertionError e) {
        return Optional.of(seed);
      }
    }
    return Optional.empty();
  }
}
