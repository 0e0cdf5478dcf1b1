package quiver.vector.graph;

import java.util.Arrays;

/// Sees to it that a walk can reach every vertex from every entry: small clusters and sets of near
/// duplicates choose neighbours among themselves only, and would be islands.
///
/// A search from the first entry finds a tree of links to all it reaches. Every vertex it does not
/// reach is hung into the tree, near its place in the lists; then every entry from which the first
/// one cannot be reached gets a link to where it can. A link is added where there is room, and else
/// takes the place of the farthest one that no tree needs.
final class Reachability {
  private static final int NONE = -1;

  private final NeighborLists lists;
  private final BuildVectors vectors;

  /// The vertex that each is reached from; itself for the first entry, [#NONE] while unreached.
  private final int[] parents;

  private final int[] queue;
  private int queueEnd;
  private int addedCount;

  private Reachability(NeighborLists lists, BuildVectors vectors) {
    this.lists = lists;
    this.vectors = vectors;
    this.parents = new int[lists.vertexCount()];
    this.queue = new int[lists.vertexCount()];
    Arrays.fill(parents, NONE);
  }

  /// Repairs the links.
  ///
  /// @param entries at least one vertex
  /// @return how many links were added
  static int repair(NeighborLists lists, BuildVectors vectors, int[] entries) {
    Reachability reachability = new Reachability(lists, vectors);
    reachability.reachAll(entries[0]);
    reachability.leadBack(entries);
    return reachability.addedCount;
  }

  private void reachAll(int first) {
    reach(first, first);
    int unreached = 0;
    while (queueEnd < parents.length) {
      while (parents[unreached] != NONE) {
        unreached++;
      }
      hang(unreached);
    }
  }

  /// Adds a vertex to the tree, and all it leads to.
  private void reach(int vertex, int parent) {
    parents[vertex] = parent;
    int next = queueEnd;
    queue[queueEnd++] = vertex;
    while (next < queueEnd) {
      int from = queue[next++];
      int at = from * lists.degree;
      for (int i = at; i < at + lists.counts[from]; i++) {
        int to = lists.ids[i];
        if (parents[to] == NONE) {
          parents[to] = from;
          queue[queueEnd++] = to;
        }
      }
    }
  }

  /// Links an unreached vertex from the nearest place in the lists that can take a link.
  private void hang(int vertex) {
    for (int distance = 1; distance < parents.length; distance++) {
      if (hangAt(vertex, vertex - distance) || hangAt(vertex, vertex + distance)) {
        return;
      }
    }
    throw new IllegalStateException("no vertex has a link that the tree can spare");
  }

  private boolean hangAt(int vertex, int from) {
    if (from < 0 || from >= parents.length || parents[from] == NONE || !link(from, vertex)) {
      return false;
    }
    reach(vertex, from);
    return true;
  }

  /// Links two vertices; false when every link of the first is needed by the tree.
  private boolean link(int from, int to) {
    int at = from * lists.degree;
    int place = lists.counts[from];
    if (place == lists.degree) {
      place--;
      while (place >= 0 && parents[lists.ids[at + place]] == from) {
        place--;
      }
      if (place < 0) {
        return false;
      }
    } else {
      lists.counts[from]++;
    }
    lists.ids[at + place] = to;
    lists.distances[at + place] = vectors.distance(from, to);
    addedCount++;
    return true;
  }

  /// Gives every entry a way to the first one.
  private void leadBack(int[] entries) {
    // A link that a repair replaces starts where the way is clear from then on: it may stay here.
    NeighborLists.Reverse reverse = lists.reverse();
    boolean[] leading = new boolean[parents.length];
    markLeading(entries[0], reverse, leading);
    for (int entry : entries) {
      if (!leading[entry]) {
        markLeading(bridge(entry, leading), reverse, leading);
      }
    }
  }

  /// Marks a vertex and all from which it can be reached.
  private void markLeading(int vertex, NeighborLists.Reverse reverse, boolean[] leading) {
    leading[vertex] = true;
    int end = 0;
    queue[end++] = vertex;
    for (int next = 0; next < end; next++) {
      int to = queue[next];
      for (int i = reverse.starts()[to]; i < reverse.starts()[to + 1]; i++) {
        int from = reverse.sources()[i];
        if (!leading[from]) {
          leading[from] = true;
          queue[end++] = from;
        }
      }
    }
  }

  /// Links an entry, or a vertex it leads to, to the nearest marked vertex in the lists.
  ///
  /// @return the vertex that has the new link
  private int bridge(int entry, boolean[] leading) {
    int target = nearestMarked(entry, leading);
    boolean[] seen = new boolean[parents.length];
    int end = 0;
    queue[end++] = entry;
    seen[entry] = true;
    for (int next = 0; next < end; next++) {
      int vertex = queue[next];
      if (link(vertex, target)) {
        return vertex;
      }
      int at = vertex * lists.degree;
      for (int i = at; i < at + lists.counts[vertex]; i++) {
        if (!seen[lists.ids[i]]) {
          seen[lists.ids[i]] = true;
          queue[end++] = lists.ids[i];
        }
      }
    }
    throw new IllegalStateException("no vertex has a link that the tree can spare");
  }

  private static int nearestMarked(int vertex, boolean[] leading) {
    for (int distance = 1; distance < leading.length; distance++) {
      if (vertex - distance >= 0 && leading[vertex - distance]) {
        return vertex - distance;
      }
      if (vertex + distance < leading.length && leading[vertex + distance]) {
        return vertex + distance;
      }
    }
    throw new IllegalStateException("the first entry leads to itself");
  }
}
