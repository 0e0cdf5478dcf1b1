package quiver.coordinators.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.Role;

class ChannelAssignmentTest {
  private static final List<String> CHANNELS = new ChannelMap(5).names();

  private static NodeRecord node(String name, NodeRecord.State state) {
    return new NodeRecord(name, new UUID(1, 1), Set.of(Role.DATA_NODE), name, "", 1, state, "test");
  }

  private static List<NodeRecord> nodes(String... names) {
    return Arrays.stream(names).map(name -> node(name, NodeRecord.State.SERVING)).toList();
  }

  /// Who owns what after the moves.
  private static Map<String, String> after(List<NodeRecord> nodes, Map<String, String> owners) {
    Map<String, String> result = new HashMap<>(owners);
    result.putAll(ChannelAssignment.choose(CHANNELS, nodes, owners));
    return result;
  }

  private static long countOf(Map<String, String> owners, String node) {
    return owners.values().stream().filter(node::equals).count();
  }

  @Test
  void channelsAreSpreadEvenly() {
    Map<String, String> owners = after(nodes("a", "b"), Map.of());
    assertThat(owners.keySet()).containsExactlyInAnyOrderElementsOf(CHANNELS);
    assertThat(countOf(owners, "a")).isEqualTo(3);
    assertThat(countOf(owners, "b")).isEqualTo(2);
  }

  @Test
  void nothingMovesWithoutAReason() {
    Map<String, String> owners = after(nodes("a", "b"), Map.of());
    assertThat(ChannelAssignment.choose(CHANNELS, nodes("a", "b"), owners)).isEmpty();
    assertThat(ChannelAssignment.choose(CHANNELS, List.of(), owners)).isEmpty();
  }

  @Test
  void aNodeThatComesIsGivenSome() {
    Map<String, String> before = after(nodes("a", "b"), Map.of());
    Map<String, String> moves = ChannelAssignment.choose(CHANNELS, nodes("a", "b", "c"), before);
    assertThat(moves).hasSize(1).containsValue("c");
  }

  @Test
  void theChannelsOfANodeThatGoesGoToTheOthers() {
    Map<String, String> before = after(nodes("a", "b"), Map.of());
    assertThat(countOf(after(nodes("b"), before), "b")).isEqualTo(5);
    List<NodeRecord> draining =
        List.of(
            node("a", NodeRecord.State.DRAINING),
            node("b", NodeRecord.State.SERVING),
            node("c", NodeRecord.State.SERVING));
    Map<String, String> moved = after(draining, before);
    assertThat(countOf(moved, "a")).isZero();
    assertThat(Math.abs(countOf(moved, "b") - countOf(moved, "c"))).isLessThan(2);
  }
}
