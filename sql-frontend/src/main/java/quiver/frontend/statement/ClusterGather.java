package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.PlanNode;
import quiver.execution.operator.MergeStream;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.GatherSource;
import quiver.execution.runtime.LeafTable;
import quiver.execution.runtime.OuterRow;
import quiver.execution.source.BatchStream;
import quiver.execution.source.SystemRelations;
import quiver.rpc.ClusterService.Holder;
import quiver.rpc.QueryNodeService;
import quiver.rpc.QueryNodeService.FragmentRequest;
import quiver.rpc.Share;

/// Sends leaf fragments to every query node that holds rows of their table, and over the
/// transaction's own rows.
record ClusterGather(StatementServices services, StatementScope scope) implements GatherSource {
  @Override
  public BatchStream open(PlanNode.Gather gather, ExecutionContext context) {
    LeafTable leaf =
        LeafTable.of(gather.fragment())
            .orElseThrow(() -> new IllegalStateException("a leaf fragment reads no table"));
    boolean isEmptied = scope.transaction().definitions().isEmptied(leaf.tableId());
    if (isEmptied && leaf.asOf().isPresent()) {
      throw new QuiverException(SqlState.SNAPSHOT_TOO_OLD, "snapshot too old")
          .withDetail("The table has been made or emptied since.");
    }
    if (isEmptied) {
      return openOwn(gather, context);
    }
    FragmentRequest request = request(gather.fragment(), leaf, context);
    if (leaf.asOf().isPresent() || !scope.isLogged()) {
      services.cluster().owner(leaf.tableId()).nudge(leaf.tableId(), request.snapshot());
    }
    Shares shares = new Shares(leaf.tableId(), request, gather, context);
    List<Holder> holders =
        new Patience(context.cancel()).ask(() -> services.cluster().holders(leaf.tableId()));
    boolean own = leaf.asOf().isEmpty() && scope.ownRows(leaf.tableId()).isPresent();
    if (holders.size() == 1) {
      BatchStream only = shares.read(holders.getFirst());
      return own ? merged(List.of(only), gather, context, true) : only;
    }
    return new ShareRetry(
        merged(opened(shares, holders), gather, context, own),
        () -> merged(List.of(shares.readAll()), gather, context, own));
  }

  /// All query nodes are at work when this returns, without a thread for each here: their rows are
  /// taken off the connections as they come.
  private static List<BatchStream> opened(Shares shares, List<Holder> holders) {
    List<BatchStream> streams = new ArrayList<>();
    try {
      holders.forEach(holder -> streams.add(shares.read(holder)));
      return streams;
    } catch (RuntimeException e) {
      streams.forEach(BatchStream::close);
      throw e;
    }
  }

  /// These streams and perhaps the transaction's own rows in the order that is wanted.
  private BatchStream merged(
      List<BatchStream> streams, PlanNode.Gather gather, ExecutionContext context, boolean own) {
    List<BatchStream> all = new ArrayList<>(streams);
    if (own) {
      try {
        all.add(openOwn(gather, context));
      } catch (RuntimeException e) {
        all.forEach(BatchStream::close);
        throw e;
      }
    }
    return all.size() == 1
        ? all.getFirst()
        : new MergeStream(all, gather.order(), gather.outputTypes());
  }

  /// Has query nodes read shares of a table.
  private final class Shares {
    private final long tableId;
    private final FragmentRequest request;
    private final PlanNode.Gather gather;
    private final ExecutionContext context;

    Shares(
        long tableId, FragmentRequest request, PlanNode.Gather gather, ExecutionContext context) {
      this.tableId = tableId;
      this.request = request;
      this.gather = gather;
      this.context = context;
    }

    BatchStream read(Holder holder) {
      return new HolderStream(
          holder.node(), this::anybody, node -> execute(node, holder.share()), context.cancel());
    }

    /// Everything from one node.
    BatchStream readAll() {
      return read(new Holder(anybody(), Share.ALL));
    }

    /// Every query node can read every share; those that have just failed are passed over.
    private QueryNodeService anybody() {
      return services.cluster().holders(tableId).getFirst().node();
    }

    private BatchStream execute(QueryNodeService node, Share share) {
      return new RowStreamAdapter(
          node.execute(request.withShare(share)),
          lines ->
              context
                  .statistics()
                  .ifPresent(collector ->
                      FragmentReports.parse(lines)
                          .forEach(report -> collector.addFragment(gather, report))));
    }
  }

  private BatchStream openOwn(PlanNode.Gather gather, ExecutionContext context) {
    ExecutionContext local =
        new ExecutionContext(
            context.bindings(),
            context.functions(),
            context.settings(),
            context.memory(),
            context.cancel(),
            context.cpu(),
            new OwnRowsReader(scope),
            GatherSource.none(),
            SystemRelations.none(),
            Optional.empty());
    return services.executor().execute(gather.fragment(), local);
  }

  /// Of the past the transaction's own rows and deletes are no part.
  private FragmentRequest request(PlanNode fragment, LeafTable leaf, ExecutionContext context) {
    Map<Integer, List<@Nullable Object>> outer = new HashMap<>();
    for (OuterRow row : context.bindings().outerRows()) {
      outer.put(row.applyId(), Arrays.asList(row.values()));
    }
    return new FragmentRequest(
        fragment,
        leaf.asOf()
            .map(moment -> scope.pastSnapshots().of(moment, scope, services))
            .orElseGet(scope::snapshot),
        leaf.asOf().isPresent() ? Map.of() : scope.excluded(),
        Arrays.asList(context.bindings().parameters()),
        outer,
        scope.session(),
        context.statistics().isPresent(),
        context.cancel()::check,
        definitions());
  }

  /// Tables as the transaction has changed them.
  private Map<Long, TableDefinition> definitions() {
    Map<Long, TableDefinition> changed = new HashMap<>();
    CatalogDelta delta = scope.transaction().definitions();
    for (long id : delta.edits().keySet()) {
      delta.table(id).ifPresent(table -> changed.put(id, table));
    }
    return changed;
  }
}
