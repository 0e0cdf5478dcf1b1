package quiver.rpc.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.ColumnDefinition.Identity;
import quiver.common.catalog.CommentDefinition;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.type.BaseType;
import quiver.common.type.EnumLabel;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.Part;
import quiver.rpc.DataNodeService.Resolution;
import quiver.rpc.DataNodeService.TableChanges;

class MetaValuesTest {
  private static final TableDefinition ITEMS =
      new TableDefinition(
          20_000,
          "public",
          "items",
          3,
          2,
          List.of(
              new ColumnDefinition(
                  1,
                  "id",
                  SqlType.INT8,
                  true,
                  Optional.of("nextval('s'::regclass)"),
                  Optional.of(20_007L),
                  Identity.NONE),
              new ColumnDefinition(
                  2,
                  "tags",
                  SqlType.arrayOf(BaseType.TEXT),
                  false,
                  Optional.empty(),
                  Optional.empty(),
                  Identity.BY_DEFAULT),
              new ColumnDefinition(
                  3,
                  "é",
                  SqlType.of(BaseType.VECTOR, 384),
                  false,
                  Optional.empty(),
                  Optional.empty(),
                  Identity.NONE)),
          Optional.of(new TableDefinition.PrimaryKey(20_002, "items_pkey", List.of(1))),
          List.of(new TableDefinition.CheckConstraint(20_003, "c", "id > 0")),
          List.of(
              IndexDefinition.ofColumns(
                  20_004,
                  "items_idx",
                  IndexMethod.HNSW,
                  List.of(IndexKey.ofColumn(3, "vector_cosine_ops")),
                  new TreeMap<>(Map.of("m", "16", "ef_construction", "64")),
                  false,
                  false,
                  IndexDefinition.State.BUILDING)),
          1);

  /// The stored form of [#ITEMS] in format 1. It must stay readable: never change it.
  private static final String ITEMS_FORMAT_1 =
      "01204e000000000000060000007075626c6963050000006974656d73030000000200000001000000"
          + "03000000010000000200000069641400000000ffffffff0101160000006e65787476616c28277327"
          + "3a3a726567636c6173732901274e000000000000040000004e4f4e45020000000400000074616773"
          + "1900000001ffffffff0000000a00000042595f44454641554c540300000002000000c3a902400000"
          + "0080010000000000040000004e4f4e4501224e0000000000000a0000006974656d735f706b657901"
          + "0000000100000001000000234e0000000000000100000063060000006964203e203001000000244e"
          + "000000000000090000006974656d735f69647804000000686e737701000000030000000100000011"
          + "000000766563746f725f636f73696e655f6f70730106000000434f53494e45020000000f00000065"
          + "665f636f6e737472756374696f6e020000003634010000006d020000003136000008000000425549"
          + "4c44494e47";

  @Test
  void tablesComeBackAsTheyWereWritten() {
    byte[] stored = DefinitionCodec.encodeObject(ITEMS);
    assertThat(DefinitionCodec.table("k", stored)).isEqualTo(ITEMS);
    assertThat(DefinitionCodec.table("k", HexFormat.of().parseHex(ITEMS_FORMAT_1)))
        .isEqualTo(ITEMS);
  }

  @Test
  void constraintsThatAreCheckedLateComeBack() {
    ForeignKey key =
        new ForeignKey(
            20_005,
            "f",
            List.of(1, 2),
            20_000,
            List.of(2, 1),
            20_004,
            true,
            ForeignKey.Action.SET_NULL,
            ForeignKey.Action.CASCADE,
            List.of(2),
            Deferral.INITIALLY_DEFERRED,
            false);
    TableDefinition table =
        ITEMS
            .withForeignKeys(List.of(key, key.withDeferral(Deferral.INITIALLY_IMMEDIATE)))
            .withIndexes(
                List.of(ITEMS.indexes().getFirst().withDeferral(Deferral.INITIALLY_DEFERRED)));
    assertThat(DefinitionCodec.table("k", DefinitionCodec.encodeObject(table))).isEqualTo(table);
  }

  @Test
  void otherDefinitionsComeBackToo() {
    SequenceDefinition sequence =
        new SequenceDefinition(
            8, "public", "q", BaseType.INT4, 1, -2, -100, 5, true, Optional.of(20_000L));
    List<CatalogObject> objects =
        List.of(
            new SchemaDefinition(7, "s"),
            sequence,
            new ViewDefinition(
                9,
                "s",
                "v",
                List.of(new ViewDefinition.ViewColumn("a", SqlType.INT8)),
                "SELECT 1",
                List.of(new ViewDefinition.Use(7, 2)),
                Map.of("security_barrier", "true"),
                Optional.of(5L),
                false,
                true,
                Optional.of(new ViewDefinition.Base(7, List.of(2)))),
            new SchemaDefinition(12, "pg_temp_1", Optional.of(new UUID(3, 4))),
            new TypeDefinition(
                10,
                11,
                "s",
                "mood",
                List.of(new EnumLabel(12, 13, "ok")),
                Optional.of(SqlType.TEXT),
                true,
                Optional.of("'x'"),
                List.of(new TableDefinition.CheckConstraint(14, "c", "VALUE > 0", false))),
            new CommentDefinition(15, 16, 17, "text"));
    for (CatalogObject object : objects) {
      assertThat(DefinitionCodec.object("k", DefinitionCodec.encodeObject(object)))
          .isEqualTo(object);
    }
    PendingDdl pending =
        new PendingDdl(
            5,
            6,
            List.of(
                new PendingDdl.ChannelBarrier(
                    "main",
                    BarrierCommand.finish(new UUID(1, 2), new Resolution(7))
                        .as(new Part.Home(List.of("a", "b"), 8)))),
            List.of(ITEMS, sequence),
            objects,
            List.of(new PendingDdl.SequenceReset(1, 7)));
    assertThat(PendingDdl.decode("k", pending.encode())).isEqualTo(pending);
  }

  @Test
  void tasksAndReportsComeBack() {
    BarrierCommand barrier =
        new BarrierCommand(
            new UUID(1, 2),
            3,
            4,
            new TableChanges(List.of(ITEMS), List.of(4L, 5L), Map.of(6L, 7L)),
            new Part.Participant("main"),
            Optional.empty());
    assertThat(BarrierCommand.decode("k", barrier.encode())).isEqualTo(barrier);
    for (CommitResult result :
        List.of(
            new CommitResult.Committed(1),
            new CommitResult.Conflict(2),
            new CommitResult.StaleTable(3),
            new CommitResult.KeyClaimed(4, 5, 6),
            new CommitResult.DuplicateKey(7, List.of(8L, "é"), true))) {
      byte[] stored = new BarrierResult(result, List.of(SqlType.INT8, SqlType.TEXT)).encode();
      assertThat(BarrierResult.decode("k", stored)).isEqualTo(result);
    }
    List<SegmentReport> segments =
        List.of(new SegmentReport(1, 2, 3, SegmentReport.FLUSHED, 4, 5, 6, 7, "o", List.of(8L)));
    assertThat(SegmentReport.decode("k", SegmentReport.encode(segments))).isEqualTo(segments);
    IndexTask task = new IndexTask(1, 2, 3, "o", 4, 5, "hnsw", DistanceMetric.L1, Map.of("m", "8"));
    assertThat(IndexTask.decode("k", task.encode())).isEqualTo(task);
    IndexTask.Progress progress = new IndexTask.Progress(1, 2, 3, "loading tuples", 4, 5);
    assertThat(IndexTask.Progress.decode("k", progress.encode())).isEqualTo(progress);
    IndexTask.Result result = new IndexTask.Result(1, 2, "o", 3, List.of());
    assertThat(IndexTask.Result.decode("k", result.encode())).isEqualTo(result);
    CompactionTask merge =
        new CompactionTask(
                1, 2, 3, CompactionTask.State.MERGE, List.of(4L), CompactionTask.Merged.NONE)
            .with(
                CompactionTask.State.SWITCH,
                new CompactionTask.Merged(
                    5, "o", 6, 7, 8, List.of(new CompactionTask.IndexObject(9, "i", 10))));
    assertThat(CompactionTask.decode("k", merge.encode())).isEqualTo(merge);
    ManifestPointer pointer = new ManifestPointer(1, "m");
    assertThat(ManifestPointer.decode("k", pointer.encode())).isEqualTo(pointer);
    ChannelOwnerRecord owner = new ChannelOwnerRecord(1, "n");
    assertThat(ChannelOwnerRecord.decode("k", owner.encode())).isEqualTo(owner);
    assertThat(MetaValue.toLongs("k", MetaValue.ofLongs(List.of(1L, -1L))))
        .containsExactly(1L, -1L);
  }

  @Test
  void damageIsFoundAndNamed() {
    byte[] stored = DefinitionCodec.encodeObject(ITEMS);
    for (int cut = 0; cut < stored.length; cut++) {
      byte[] damaged = java.util.Arrays.copyOf(stored, cut);
      assertThatThrownBy(() -> DefinitionCodec.table("catalog/table/7", damaged))
          .isInstanceOf(QuiverException.class)
          .hasMessage("metadata key \"catalog/table/7\" is damaged");
    }
  }
}
