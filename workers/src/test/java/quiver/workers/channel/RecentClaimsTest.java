package quiver.workers.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import quiver.rpc.DataNodeService.KeyClaim;

class RecentClaimsTest {
  private static KeyClaim exclusive(long... hashes) {
    return new KeyClaim(1, true, hashes);
  }

  private static KeyClaim shared(long... hashes) {
    return new KeyClaim(1, false, hashes);
  }

  @Test
  void sharedClaimsMeetExclusiveOnesOnly() {
    RecentClaims claims = new RecentClaims(100);
    claims.add(shared(7), 10);
    claims.add(exclusive(8), 20);
    assertThat(claims.firstTaken(shared(7), 9)).isEmpty();
    assertThat(claims.firstTaken(exclusive(5, 7), 9)).hasValue(7);
    assertThat(claims.firstTaken(exclusive(7), 10)).isEmpty();
    assertThat(claims.firstTaken(shared(8), 19)).hasValue(8);
    assertThat(claims.firstTaken(exclusive(8), 20)).isEmpty();
    assertThat(claims.firstTaken(new KeyClaim(2, true, new long[] {7, 8}), 0)).isEmpty();
  }

  @Test
  void whatIsForgottenCountsAsClaimed() {
    RecentClaims claims = new RecentClaims(1000);
    for (int at = 1; at <= 3000; at++) {
      claims.add(exclusive(at), at);
    }
    for (int at = 2600; at <= 3000; at++) {
      assertThat(claims.firstTaken(exclusive(at), at - 1)).hasValue(at);
      assertThat(claims.firstTaken(exclusive(at), at)).isEmpty();
    }
    assertThat(claims.firstTaken(exclusive(-5), 1000)).hasValue(-5);
    assertThat(claims.firstTaken(exclusive(-5), 2999)).isEmpty();
  }

  @Test
  void oneCommitMayClaimMoreThanIsRemembered() {
    RecentClaims claims = new RecentClaims(1000);
    claims.add(exclusive(LongStream.range(0, 5000).toArray()), 10);
    assertThat(claims.firstTaken(exclusive(1), 9)).isEqualTo(OptionalLong.of(1));
    assertThat(claims.firstTaken(exclusive(1), 10)).isEmpty();
  }

  @Test
  void anOwnerKnowsNothingOfTheTimeBeforeIt() {
    RecentClaims claims = new RecentClaims(1000);
    claims.forgetUntil(50);
    assertThat(claims.firstTaken(shared(1), 49)).hasValue(1);
    assertThat(claims.firstTaken(shared(1), 50)).isEmpty();
  }
}
