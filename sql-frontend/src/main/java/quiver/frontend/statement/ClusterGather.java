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
import quiver.common.plan.PlanNode;
import quiver.execution.operator.MergeStream;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.GatherSource;
import quiver.execution.runtime.OuterRow;
import quiver.execution.runtime.PlanInputs;
import quiver.execution.source.BatchStream;
import quiver.execution.source.SystemRelations;
import quiver.rpc.ClusterService;
import quiver.rpc.QueryNodeService.FragmentRequest;

/// Sends leaf fragments to every query node that holds rows of their table, and over the
/// transaction's own rows.
record ClusterGather(StatementServices services, StatementScope scope) implements GatherSource {
  /// The table a leaf fragment reads.
  private record Leaf(long tableId, int tableVersion) {}

  @Override
  public BatchStream open(PlanNode.Gather gather, ExecutionContext context) {
    Leaf leaf =
        leaf(gather.fragment())
            .orElseThrow(() -> new IllegalStateException("a leaf fragment reads no table"));
    if (scope.transaction().definitions().isEmptied(leaf.tableId())) {
      return openOwn(gather, context);
    }
    List<ClusterService.Holder> holders = services.cluster().holders(leaf.tableId());
    services.cluster().owner(leaf.tableId()).nudge(leaf.tableId(), scope.snapshot());
    FragmentRequest request = request(gather.fragment(), context);
    boolean own = scope.ownRows(leaf.tableId()).isPresent();
    if (holders.size() == 1 && !own) {
      return open(holders.getFirst(), request, gather, context);
    }
    List<BatchStream> streams = new ArrayList<>();
    try {
      for (ClusterService.Holder holder : holders) {
        streams.add(
            holders.size() == 1
                ? open(holder, request, gather, context)
                : new FanOutStream(
                    () -> open(holder, request, gather, context), services.fanOutThreads()));
      }
      if (own) {
        streams.add(openOwn(gather, context));
      }
    } catch (RuntimeException e) {
      streams.forEach(BatchStream::close);
      throw e;
    }
    if (streams.size() == 1) {
      return streams.getFirst();
    }
    return new MergeStream(streams, gather.order(), gather.outputTypes());
  }

  private static BatchStream open(
      ClusterService.Holder holder,
      FragmentRequest request,
      PlanNode.Gather gather,
      ExecutionContext context) {
    return new RowStreamAdapter(
        holder.node().execute(request.withShare(holder.share())),
        lines ->
            context
                .statistics()
                .ifPresent(collector ->
                    FragmentReports.parse(lines)
                        .forEach(report -> collector.addFragment(gather, report))));
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

  private FragmentRequest request(PlanNode fragment, ExecutionContext context) {
    Map<Integer, List<@Nullable Object>> outer = new HashMap<>();
    for (OuterRow row : context.bindings().outerRows()) {
      outer.put(row.applyId(), Arrays.asList(row.values()));
    }
    return new FragmentRequest(
        fragment,
        scope.snapshot(),
        scope.excluded(),
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

  private static Optional<Leaf> leaf(PlanNode node) {
    if (node instanceof PlanNode.TableScan scan) {
      return Optional.of(new Leaf(scan.tableId(), scan.tableVersion()));
    }
    if (node instanceof PlanNode.VectorSearch search) {
      return Optional.of(new Leaf(search.tableId(), search.tableVersion()));
    }
    for (PlanNode input : PlanInputs.of(node)) {
      Optional<Leaf> leaf = leaf(input);
      if (leaf.isPresent()) {
        return leaf;
      }
    }
    return Optional.empty();
  }
}
