package quiver.workers.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import quiver.workers.simulation.TransferSimulation.Broken;

class TransferSimulationTest {
  /// More with `-Dquiver.simulation.seeds=…`.
  private static final int SEED_COUNT = Integer.getInteger("quiver.simulation.seeds", 300);

  private static final int STEP_COUNT = 2_200;

  /// Seeds within which every broken rule must be found.
  private static final int MUTATION_SEED_COUNT = 150;

  /// Seeds that have failed once. 52136: a client took the end of an attempt it had given up for
  /// the end of its last one; the others: a reader took a former owner's answer for the oracle's.
  @ParameterizedTest
  @ValueSource(longs = {52_136, 80_140, 80_569, 81_281})
  void whatHasFailedOnceHolds(long seed) {
    TransferSimulation simulation = new TransferSimulation(seed, Broken.NOTHING, false);
    simulation.run(STEP_COUNT);
    assertThat(simulation.committedCount).isPositive();
  }

  @Test
  void transfersOverSeveralChannelsAreWholeAtEverySnapshot() {
    int committed = 0;
    int reads = 0;
    int crashes = 0;
    int settled = 0;
    int indexReads = 0;
    int repeated = 0;
    long first = Long.getLong("quiver.simulation.first", 1);
    for (long seed = first; seed < first + SEED_COUNT; seed++) {
      TransferSimulation simulation =
          new TransferSimulation(seed, Broken.NOTHING, isRepeated(seed));
      try {
        simulation.run(STEP_COUNT);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
      committed += simulation.committedCount;
      reads += simulation.readCount;
      crashes += simulation.crashCount;
      settled += simulation.settledCount;
      indexReads += simulation.indexReadCount;
      repeated += simulation.repeatedCount;
    }
    assertThat(committed).isGreaterThan(SEED_COUNT * 4);
    assertThat(reads).isGreaterThan(SEED_COUNT * 3);
    assertThat(crashes).isGreaterThan(SEED_COUNT);
    assertThat(settled).isGreaterThan(SEED_COUNT);
    assertThat(indexReads).isGreaterThan(SEED_COUNT * 3);
    assertThat(repeated).isGreaterThan(SEED_COUNT / 3);
  }

  /// In every other run clients repeat transfers with a key.
  private static boolean isRepeated(long seed) {
    return seed % 2 == 0;
  }

  /// Tests the test: a broken rule is noticed.
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NOTHING")
  void aBrokenRuleIsNoticed(Broken broken) {
    assertThat(firstFailure(broken)).as("first failing seed of %s", broken).isPresent();
  }

  private static Optional<Long> firstFailure(Broken broken) {
    for (long seed = 1; seed <= MUTATION_SEED_COUNT; seed++) {
      try {
        new TransferSimulation(seed, broken, isRepeated(seed)).run(STEP_COUNT);
      } catch (RuntimeException | AssertionError e) {
        return Optional.of(seed);
      }
    }
    return Optional.empty();
  }
}
