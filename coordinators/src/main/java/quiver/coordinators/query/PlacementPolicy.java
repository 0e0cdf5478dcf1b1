package quiver.coordinators.query;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import quiver.rpc.meta.PlacementRecord.Placed;

/// Decides which query nodes have which segments. Nodes that have a segment keep it while they
/// live; a node that gets one fetches it first, and only then another one lets go of it. Pure.
///
/// @param replicas nodes that should have each segment
public record PlacementPolicy(int replicas) {
  /// Moves between nodes that one decision begins.
  private static final int MOVE_COUNT_MAX = 64;

  /// A flushed segment.
  public record Segment(long segmentId, long sizeBytes) {}

  /// A query node.
  ///
  /// @param capacity nodes get segments in proportion to it
  /// @param serving whether it may get more; otherwise what it has moves away
  /// @param loaded segments it has at hand
  public record Node(String name, long capacity, boolean serving, Set<Long> loaded) {
    public Node {
      loaded = Set.copyOf(loaded);
    }
  }

  /// The next placement.
  ///
  /// @param segments in a fixed order
  /// @param nodes that live
  /// @param present by segment
  public Map<Long, Placed> place(
      List<Segment> segments, List<Node> nodes, Map<Long, Placed> present) {
    Plan plan = new Plan(nodes);
    for (Segment segment : segments) {
      plan.keep(segment, present.get(segment.segmentId()));
    }
    plan.countLoad(segments);
    for (Segment segment : segments) {
      plan.complete(segment);
    }
    plan.balance(segments);
    Map<Long, Placed> next = new HashMap<>();
    for (Segment segment : segments) {
      Places places = plan.places(segment);
      next.put(
          segment.segmentId(),
          new Placed(
              segment.segmentId(),
              places.having.stream().sorted().toList(),
              places.loading.stream().sorted().toList()));
    }
    return next;
  }

  private static final class Places {
    final Set<String> having = new LinkedHashSet<>();
    final Set<String> loading = new LinkedHashSet<>();

    boolean isFor(String node) {
      return having.contains(node) || loading.contains(node);
    }
  }

  /// A placement under construction.
  private final class Plan {
    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, Double> load = new HashMap<>();
    private final Map<Long, Places> places = new HashMap<>();
    private final int wanted;

    Plan(List<Node> all) {
      for (Node node : all) {
        nodes.put(node.name(), node);
        load.put(node.name(), 0.0);
      }
      this.wanted = (int) Math.min(replicas, all.stream().filter(Node::serving).count());
    }

    Places places(Segment segment) {
      return places.computeIfAbsent(segment.segmentId(), ignored -> new Places());
    }

    private boolean isServing(String name) {
      Node node = nodes.get(name);
      return node != null && node.serving();
    }

    /// Nodes that live keep what they have; those that have fetched a segment have it.
    void keep(Segment segment, @org.jspecify.annotations.Nullable Placed present) {
      Places now = places(segment);
      if (present == null) {
        return;
      }
      present.nodes().stream().filter(nodes::containsKey).forEach(now.having::add);
      for (String name : present.loading()) {
        Node node = nodes.get(name);
        if (node != null && node.loaded().contains(segment.segmentId())) {
          now.having.add(name);
        } else if (isServing(name)) {
          now.loading.add(name);
        }
      }
    }

    /// Counts what nodes have and will have. Of nodes that will let go of a segment once others
    /// have fetched it, those with most count as rid of it already.
    void countLoad(List<Segment> segments) {
      for (boolean moving : new boolean[] {false, true}) {
        for (Segment segment : segments) {
          Places now = places(segment);
          int leaving = now.loading.isEmpty() ? 0 : now.having.size() + now.loading.size() - wanted;
          if (leaving > 0 == moving) {
            now.having.stream()
                .sorted(Comparator.comparingDouble(this::loadOf).reversed())
                .skip(Math.max(0, leaving))
                .forEach(name -> addLoad(name, segment));
            now.loading.forEach(name -> addLoad(name, segment));
          }
        }
      }
    }

    private double cost(String name, Segment segment) {
      Node node = nodes.get(name);
      return node == null ? 0 : (segment.sizeBytes() + 1.0) / Math.max(1, node.capacity());
    }

    private void addLoad(String name, Segment segment) {
      load.merge(name, cost(name, segment), Double::sum);
    }

    private void takeLoad(String name, Segment segment) {
      load.merge(name, -cost(name, segment), Double::sum);
    }

    private double loadOf(String name) {
      return load.getOrDefault(name, 0.0);
    }

    /// Adds nodes to a segment that too few have, and takes away those that are too many.
    void complete(Segment segment) {
      Places now = places(segment);
      if (now.having.isEmpty() && !now.loading.isEmpty()) {
        String first = now.loading.iterator().next();
        now.loading.remove(first);
        now.having.add(first);
      }
      while (now.having.stream().filter(this::isServing).count() + now.loading.size() < wanted) {
        Optional<String> next = leastLoaded(now);
        if (next.isEmpty()) {
          break;
        }
        // Somebody has to answer, and can: it fetches the segment when it is asked.
        (now.having.isEmpty() ? now.having : now.loading).add(next.get());
        addLoad(next.get(), segment);
      }
      long serving = now.having.stream().filter(this::isServing).count();
      if (serving >= wanted && serving > 0) {
        List<String> leaving = now.having.stream().filter(name -> !isServing(name)).toList();
        leaving.forEach(name -> remove(now, name, segment));
      }
      while (now.having.size() > Math.max(1, wanted) && now.loading.isEmpty()) {
        String last =
            now.having.stream()
                .max(
                    Comparator.comparingDouble(this::loadOf)
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
        remove(now, last, segment);
      }
    }

    private void remove(Places from, String name, Segment segment) {
      from.having.remove(name);
      takeLoad(name, segment);
    }

    private Optional<String> leastLoaded(Places but) {
      return nodes.values().stream()
          .filter(Node::serving)
          .map(Node::name)
          .filter(name -> !but.isFor(name))
          .min(Comparator.comparingDouble(this::loadOf).thenComparing(Comparator.naturalOrder()));
    }

    /// Moves segments from nodes with much to nodes with little, as long as that helps.
    void balance(List<Segment> segments) {
      for (int moves = 0; moves < MOVE_COUNT_MAX; moves++) {
        List<String> byLoad =
            nodes.values().stream()
                .filter(Node::serving)
                .map(Node::name)
                .sorted(
                    Comparator.comparingDouble(this::loadOf)
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
        if (byLoad.size() < 2 || !moveToFirst(byLoad, segments)) {
          return;
        }
      }
    }

    /// From the node with most that has something to spare: one may be heavy by a single segment,
    /// which would be as heavy anywhere.
    private boolean moveToFirst(List<String> byLoad, List<Segment> segments) {
      return byLoad.reversed().stream()
          .limit(byLoad.size() - 1)
          .anyMatch(from -> move(from, byLoad.getFirst(), segments));
    }

    private boolean move(String from, String to, List<Segment> segments) {
      double gap = loadOf(from) - loadOf(to);
      Segment best = null;
      for (Segment segment : segments) {
        Places now = places(segment);
        if (now.having.contains(from)
            && now.loading.isEmpty()
            && now.having.size() <= Math.max(1, wanted)
            && !now.isFor(to)
            && cost(from, segment) + cost(to, segment) <= gap
            && (best == null || segment.sizeBytes() > best.sizeBytes())) {
          best = segment;
        }
      }
      if (best == null) {
        return false;
      }
      // The one with much counts as rid of it already; it lets go once the other has it.
      places(best).loading.add(to);
      addLoad(to, best);
      takeLoad(from, best);
      return true;
    }
  }
}
