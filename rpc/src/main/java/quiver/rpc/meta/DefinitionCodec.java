package quiver.rpc.meta;

import java.nio.ByteBuffer;
import java.util.List;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;

/// Definitions of the catalog as values of the meta store.
public final class DefinitionCodec {
  private DefinitionCodec() {}

  public static byte[] encode(SchemaDefinition schema) {
    return MetaValue.encode(out -> out.putLong(schema.id()).putText(schema.name()));
  }

  public static SchemaDefinition schema(String key, byte[] value) {
    return MetaValue.decode(
        key, value, in -> new SchemaDefinition(in.getLong(), ByteWriter.text(in)));
  }

  public static byte[] encode(SequenceDefinition sequence) {
    return MetaValue.encode(out -> write(out, sequence));
  }

  public static SequenceDefinition sequence(String key, byte[] value) {
    return MetaValue.decode(key, value, DefinitionCodec::readSequence);
  }

  private static void write(ByteWriter out, SequenceDefinition sequence) {
    out.putLong(sequence.id()).putText(sequence.schema()).putText(sequence.name());
    out.putInt(sequence.type().oid())
        .putLong(sequence.start())
        .putLong(sequence.increment())
        .putLong(sequence.min())
        .putLong(sequence.max())
        .putByte(sequence.cycle() ? 1 : 0);
    MetaValue.putOptional(out, sequence.ownedByTable(), ByteWriter::putLong);
  }

  private static SequenceDefinition readSequence(ByteBuffer in) {
    return new SequenceDefinition(
        in.getLong(),
        ByteWriter.text(in),
        ByteWriter.text(in),
        base(in.getInt()),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.get() != 0,
        MetaValue.optional(in, ByteBuffer::getLong));
  }

  /// Several definitions in one value.
  public record Several(
      long id,
      List<TableDefinition> tables,
      List<SequenceDefinition> sequences,
      List<Long> otherIds) {
    public Several {
      tables = List.copyOf(tables);
      sequences = List.copyOf(sequences);
      otherIds = List.copyOf(otherIds);
    }
  }

  public static byte[] encode(
      long id,
      List<TableDefinition> tables,
      List<SequenceDefinition> sequences,
      List<Long> otherIds) {
    return MetaValue.encode(out -> {
      MetaValue.putList(out.putLong(id), tables, DefinitionCodec::write);
      MetaValue.putList(out, sequences, DefinitionCodec::write);
      MetaValue.putLongs(out, otherIds);
    });
  }

  public static Several several(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        in ->
            new Several(
                in.getLong(),
                MetaValue.list(in, 32, DefinitionCodec::readTable),
                MetaValue.list(in, 32, DefinitionCodec::readSequence),
                MetaValue.longs(in)));
  }

  public static byte[] encode(TableDefinition table) {
    return MetaValue.encode(out -> write(out, table));
  }

  public static TableDefinition table(String key, byte[] value) {
    return MetaValue.decode(key, value, DefinitionCodec::readTable);
  }

  static void write(ByteWriter out, TableDefinition table) {
    out.putLong(table.id())
        .putText(table.schema())
        .putText(table.name())
        .putInt(table.version())
        .putInt(table.incarnation())
        .putInt(table.shardCount());
    MetaValue.putList(out, table.columns(), DefinitionCodec::write);
    MetaValue.putOptional(
        out,
        table.primaryKey(),
        (to, key) -> {
          to.putLong(key.id()).putText(key.name());
          MetaValue.putList(to, key.columnIds(), ByteWriter::putInt);
        });
    MetaValue.putList(
        out,
        table.checks(),
        (to, check) -> to.putLong(check.id()).putText(check.name()).putText(check.sql()));
    MetaValue.putList(out, table.indexes(), IndexCodec::write);
  }

  static TableDefinition readTable(ByteBuffer in) {
    long id = in.getLong();
    String schema = ByteWriter.text(in);
    String name = ByteWriter.text(in);
    int version = in.getInt();
    int incarnation = in.getInt();
    int shardCount = in.getInt();
    return new TableDefinition(
        id,
        schema,
        name,
        version,
        incarnation,
        MetaValue.list(in, 16, DefinitionCodec::readColumn),
        MetaValue.optional(
            in,
            key ->
                new TableDefinition.PrimaryKey(
                    key.getLong(),
                    ByteWriter.text(key),
                    MetaValue.list(key, 4, ByteBuffer::getInt))),
        MetaValue.list(
            in,
            16,
            check ->
                new TableDefinition.CheckConstraint(
                    check.getLong(), ByteWriter.text(check), ByteWriter.text(check))),
        MetaValue.list(in, 16, IndexCodec::read),
        shardCount);
  }

  private static void write(ByteWriter out, ColumnDefinition column) {
    out.putInt(column.id()).putText(column.name());
    writeType(out, column.type());
    out.putByte(column.notNull() ? 1 : 0);
    MetaValue.putOptional(out, column.defaultSql(), ByteWriter::putText);
    MetaValue.putOptional(out, column.sequenceId(), ByteWriter::putLong);
    out.putText(column.identity().name());
  }

  private static ColumnDefinition readColumn(ByteBuffer in) {
    return new ColumnDefinition(
        in.getInt(),
        ByteWriter.text(in),
        readType(in),
        in.get() != 0,
        MetaValue.optional(in, ByteWriter::text),
        MetaValue.optional(in, ByteBuffer::getLong),
        ColumnDefinition.Identity.valueOf(ByteWriter.text(in)));
  }

  static void writeType(ByteWriter out, SqlType type) {
    out.putInt(type.base().oid()).putByte(type.array() ? 1 : 0).putInt(type.modifier());
  }

  static SqlType readType(ByteBuffer in) {
    return new SqlType(base(in.getInt()), in.get() != 0, in.getInt());
  }

  private static BaseType base(int oid) {
    return BaseType.byOid(oid).orElseThrow(() -> new IllegalArgumentException("type " + oid));
  }
}
