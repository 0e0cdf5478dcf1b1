package quiver.rpc.meta;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import quiver.common.catalog.ColumnProfile;
import quiver.common.catalog.TableStatistics;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;

/// The stored form of what ANALYZE has found: part of [DefinitionCodec].
final class StatisticsCodec {
  private StatisticsCodec() {}

  static void write(ByteWriter out, TableStatistics statistics) {
    out.putLong(statistics.tableId());
    MetaValue.putList(
        out,
        List.copyOf(statistics.targets().entrySet()),
        (to, target) -> to.putInt(target.getKey()).putInt(target.getValue()));
    MetaValue.putOptional(
        out,
        statistics.analysis(),
        (to, analysis) ->
            to.putLong(analysis.rowCount())
                .putLong(analysis.deadRowCount())
                .putLong(analysis.pageCount())
                .putLong(analysis.micros())
                .putByte(analysis.automatic() ? 1 : 0));
    MetaValue.putList(out, statistics.columns(), StatisticsCodec::write);
  }

  static TableStatistics read(ByteBuffer in) {
    long tableId = in.getLong();
    Map<Integer, Integer> targets = new HashMap<>();
    for (Map.Entry<Integer, Integer> target :
        MetaValue.list(in, 8, each -> Map.entry(each.getInt(), each.getInt()))) {
      targets.put(target.getKey(), target.getValue());
    }
    return new TableStatistics(
        tableId,
        targets,
        MetaValue.optional(
            in,
            each ->
                new TableStatistics.Analysis(
                    each.getLong(),
                    each.getLong(),
                    each.getLong(),
                    each.getLong(),
                    each.get() != 0)),
        MetaValue.list(in, 38, StatisticsCodec::readColumn));
  }

  private static void write(ByteWriter out, ColumnProfile column) {
    SqlType type = column.type();
    out.putInt(column.columnId())
        .putInt(column.base().oid())
        .putByte(column.array() ? 1 : 0)
        .putDouble(column.nullFraction())
        .putInt(column.averageWidth())
        .putDouble(column.distinct());
    MetaValue.putList(out, column.commonValues(), (to, value) -> DatumCodec.write(to, type, value));
    MetaValue.putList(out, column.commonFrequencies(), ByteWriter::putDouble);
    MetaValue.putList(out, column.bounds(), (to, value) -> DatumCodec.write(to, type, value));
    MetaValue.putOptional(out, column.correlation(), ByteWriter::putDouble);
  }

  private static ColumnProfile readColumn(ByteBuffer in) {
    int columnId = in.getInt();
    int oid = in.getInt();
    BaseType base =
        BaseType.byOid(oid).orElseThrow(() -> new IllegalArgumentException("type " + oid));
    boolean array = in.get() != 0;
    SqlType type = array ? SqlType.arrayOf(base) : SqlType.of(base);
    return new ColumnProfile(
        columnId,
        base,
        array,
        in.getDouble(),
        in.getInt(),
        in.getDouble(),
        MetaValue.list(in, 1, each -> DatumCodec.read(each, type)),
        MetaValue.list(in, 8, ByteBuffer::getDouble),
        MetaValue.list(in, 1, each -> DatumCodec.read(each, type)),
        MetaValue.optional(in, ByteBuffer::getDouble));
  }
}
