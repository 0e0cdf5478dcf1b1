package quiver.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

class SharedAnswerTest {
  private final AtomicInteger questions = new AtomicInteger();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  private int ask() {
    int number = questions.incrementAndGet();
    asked.countDown();
    try {
      released.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return number;
  }

  private static Thread start(FutureTask<Integer> task) {
    return Thread.ofPlatform().daemon().name("asker").start(task);
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whoComesWhileItIsAskedGetsTheNextAnswerTogether() throws Exception {
    SharedAnswer<Integer> answer = new SharedAnswer<>(this::ask);
    FutureTask<Integer> first = new FutureTask<>(answer::get);
    Thread _ = start(first);
    asked.await();
    List<FutureTask<Integer>> later =
        List.of(new FutureTask<>(answer::get), new FutureTask<>(answer::get));
    later.forEach(task -> awaitWaiting(start(task)));
    released.countDown();

    assertThat(first.get()).isEqualTo(1);
    assertThat(later.get(0).get()).isEqualTo(2);
    assertThat(later.get(1).get()).isEqualTo(2);
    assertThat(answer.get()).isEqualTo(3);
  }

  @Test
  void aFailureIsThatRoundsAlone() {
    SharedAnswer<Integer> answer =
        new SharedAnswer<>(() -> {
          if (questions.incrementAndGet() == 1) {
            throw new QuiverException(SqlState.IO_ERROR, "nobody answers");
          }
          return questions.get();
        });

    assertThatThrownBy(answer::get)
        .isInstanceOf(QuiverException.class)
        .hasMessage("nobody answers");
    assertThat(answer.get()).isEqualTo(2);
  }
}
