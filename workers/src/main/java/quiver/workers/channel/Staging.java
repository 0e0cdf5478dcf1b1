package quiver.workers.channel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.workers.segment.TableLayout;

/// A transaction whose frames are being appended.
final class Staging {
  final Map<Long, Target> targets = new HashMap<>();
  final Map<Long, List<Long>> segmentIds = new HashMap<>();
  final Map<Long, Integer> rowCounts = new HashMap<>();
  final List<TableWrite> claims = new ArrayList<>();
  final Map<Long, Integer> tableVersions = new HashMap<>();
  final Map<Long, TableLayout> defined = new HashMap<>();
  final Set<Long> tableIds = new HashSet<>();
  int frameCount;
  int chunkCount;
}
