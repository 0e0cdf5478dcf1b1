package quiver.coordinators.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import quiver.coordinators.query.PlacementPolicy.Node;
import quiver.coordinators.query.PlacementPolicy.Segment;
import quiver.rpc.meta.PlacementRecord.Placed;

class PlacementPolicyTest {
  /// Nodes, segments and what has been fetched, moved on by the policy.
  private static final class World {
    final PlacementPolicy policy;
    final List<Segment> segments = new ArrayList<>();
    final Set<String> serving = new TreeSet<>();
    final Set<String> draining = new TreeSet<>();
    final Map<String, Set<Long>> loaded = new HashMap<>();
    Map<Long, Placed> placement = Map.of();

    World(int replicas) {
      this.policy = new PlacementPolicy(replicas);
    }

    void place() {
      List<Node> nodes = new ArrayList<>();
      serving.forEach(name -> nodes.add(node(name, true)));
      draining.forEach(name -> nodes.add(node(name, false)));
      Map<Long, Placed> before = placement;
      placement = policy.place(List.copyOf(segments), nodes, before);
      assertThat(placement).hasSize(segments.size());
      placement.forEach((id, placed) -> {
        Placed old = before.get(id);
        if (!serving.isEmpty()) {
          assertThat(placed.nodes()).isNotEmpty();
        }
        for (String name : placed.nodes()) {
          // A node answers for a segment when it has it, unless nobody had it.
          boolean had = old != null && (old.nodes().contains(name) || has(name, id));
          boolean nobodyHad = old == null || old.nodes().stream().noneMatch(each -> isThere(each));
          assertThat(had || nobodyHad).isTrue();
        }
      });
    }

    private boolean isThere(String name) {
      return serving.contains(name) || draining.contains(name);
    }

    private boolean has(String name, long id) {
      return loaded.getOrDefault(name, Set.of()).contains(id);
    }

    private Node node(String name, boolean isServing) {
      return new Node(name, 1, isServing, loaded.getOrDefault(name, Set.of()));
    }

    /// Nodes fetch what they were told to.
    void fetch() {
      placement.forEach((id, placed) ->
          placed
              .loading()
              .forEach(name -> loaded.computeIfAbsent(name, ignored -> new HashSet<>()).add(id)));
    }

    void settle() {
      for (int i = 0; i < 50; i++) {
        place();
        fetch();
      }
      Map<Long, Placed> last = placement;
      place();
      assertThat(placement).isEqualTo(last);
    }

    private Placed placed(Segment segment) {
      return java.util.Objects.requireNonNull(placement.get(segment.segmentId()));
    }

    long bytes(String name) {
      return segments.stream()
          .filter(segment -> placed(segment).nodes().contains(name))
          .mapToLong(Segment::sizeBytes)
          .sum();
    }
  }

  @Test
  void anotherNodeGetsItsPartAndOnlyWhenItHasFetchedIt() {
    World world = new World(1);
    for (long id = 1; id <= 20; id++) {
      world.segments.add(new Segment(id, 100));
    }
    world.serving.add("a");
    world.settle();
    assertThat(world.bytes("a")).isEqualTo(2000);
    world.serving.add("b");
    world.place();
    assertThat(world.bytes("a")).isEqualTo(2000);
    assertThat(world.bytes("b")).isZero();
    world.settle();
    assertThat(world.bytes("a")).isEqualTo(1000);
    assertThat(world.bytes("b")).isEqualTo(1000);
  }

  @Test
  void aNodeThatComesTakesFromOthersThanTheOneThatIsHeavyByASingleSegment() {
    World world = new World(1);
    world.serving.addAll(List.of("a", "b"));
    world.segments.add(new Segment(1, 1000));
    for (int i = 2; i <= 6; i++) {
      world.segments.add(new Segment(i, 100));
    }
    world.settle();
    world.serving.add("c");
    world.settle();
    assertThat(world.placement.values().stream().filter(placed -> placed.nodes().contains("c")))
        .hasSize(2);
  }

  @Test
  void aNodeThatStopsIsEmptiedAndTheRestOfADeadOneMovesAtOnce() {
    World world = new World(1);
    for (long id = 1; id <= 9; id++) {
      world.segments.add(new Segment(id, 100 * id));
    }
    world.serving.addAll(List.of("a", "b", "c"));
    world.settle();
    world.serving.remove("b");
    world.draining.add("b");
    long before = world.bytes("b");
    world.place();
    assertThat(world.bytes("b")).isEqualTo(before);
    world.settle();
    assertThat(world.bytes("b")).isZero();
    world.draining.clear();
    world.serving.remove("c");
    world.loaded.remove("c");
    world.place();
    assertThat(world.bytes("a")).isEqualTo(4500);
  }

  @Test
  void whateverHappensEverySegmentIsSomewhereAndThingsSettleEvenly() {
    for (int seed = 1; seed <= 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      World world = new World(1 + random.nextInt(2));
      long lastId = 0;
      for (int step = 0; step < 60; step++) {
        String name = "n" + random.nextInt(5);
        switch (random.nextInt(6)) {
          case 0 -> {
            world.draining.remove(name);
            world.serving.add(name);
          }
          case 1 -> {
            world.serving.remove(name);
            world.draining.remove(name);
            world.loaded.remove(name);
          }
          case 2 -> {
            if (world.serving.remove(name)) {
              world.draining.add(name);
            }
          }
          case 3 -> {
            for (int i = 0; i < 5; i++) {
              world.segments.add(new Segment(++lastId, 1 + random.nextInt(1000)));
            }
          }
          case 4 -> {
            if (world.segments.size() > 3) {
              world.segments.remove(random.nextInt(world.segments.size()));
            }
          }
          default -> world.fetch();
        }
        world.place();
      }
      if (world.serving.isEmpty()) {
        continue;
      }
      world.settle();
      int wanted = Math.min(world.policy.replicas(), world.serving.size());
      long most = 0;
      long least = Long.MAX_VALUE;
      for (String name : world.serving) {
        most = Math.max(most, world.bytes(name));
        least = Math.min(least, world.bytes(name));
      }
      assertThat(most - least).as("seed %d", seed).isLessThanOrEqualTo(2002);
      world
          .placement
          .values()
          .forEach(placed -> {
            assertThat(placed.loading()).isEmpty();
            assertThat(placed.nodes()).hasSize(wanted);
            assertThat(world.serving).containsAll(placed.nodes());
          });
    }
  }
}
