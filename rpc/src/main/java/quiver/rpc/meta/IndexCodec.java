package quiver.rpc.meta;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.value.ByteWriter;

/// Index definitions as part of a table's stored form. The first field is the negative number of
/// the form's version; in version 1, which had none, it is the id, which is positive.
final class IndexCodec {
  private static final long VERSION = 4;

  private IndexCodec() {}

  static void write(ByteWriter out, IndexDefinition index) {
    out.putLong(-VERSION).putLong(index.id()).putLong(index.fileId()).putText(index.name());
    out.putText(index.method().sqlName());
    MetaValue.putList(out, index.keys(), IndexCodec::write);
    MetaValue.putList(out, index.includedColumnIds(), ByteWriter::putInt);
    MetaValue.putMap(out, index.options());
    out.putByte(index.unique() ? 1 : 0)
        .putByte(index.nullsNotDistinct() ? 1 : 0)
        .putByte(index.primary() ? 1 : 0);
    MetaValue.putOptional(out, index.predicate(), IndexCodec::write);
    out.putText(index.state().name());
    MetaValue.putOptional(out, index.constraintId(), ByteWriter::putLong);
    out.putText(index.deferral().name());
  }

  private static void write(ByteWriter out, IndexKey key) {
    switch (key.source()) {
      case IndexKey.Column(int id) -> out.putByte(0).putInt(id);
      case IndexKey.Computed(String name, IndexExpression expression) ->
          write(out.putByte(1).putText(name), expression);
    }
    out.putText(key.operatorClass());
    MetaValue.putOptional(out, key.collation(), ByteWriter::putText);
    out.putByte(key.descending() ? 1 : 0).putByte(key.nullsFirst() ? 1 : 0);
  }

  static void write(ByteWriter out, IndexExpression expression) {
    out.putText(expression.template());
    MetaValue.putList(out, expression.columnIds(), ByteWriter::putInt);
    ExpressionCodec.write(out, expression.expression());
  }

  static IndexDefinition read(ByteBuffer in) {
    long first = in.getLong();
    if (first >= 0) {
      return readVersion1(first, in);
    }
    if (first < -VERSION || first > -2) {
      throw new IllegalArgumentException("index definition of version " + -first);
    }
    return new IndexDefinition(
        in.getLong(),
        in.getLong(),
        ByteWriter.text(in),
        method(in),
        MetaValue.list(in, 8, IndexCodec::readKey),
        MetaValue.list(in, 4, ByteBuffer::getInt),
        MetaValue.map(in),
        in.get() != 0,
        in.get() != 0,
        in.get() != 0,
        MetaValue.optional(in, IndexCodec::readExpression),
        IndexDefinition.State.valueOf(ByteWriter.text(in)),
        first == -2 ? Optional.empty() : MetaValue.optional(in, ByteBuffer::getLong),
        first >= -3 ? Deferral.NOT_DEFERRABLE : Deferral.valueOf(ByteWriter.text(in)));
  }

  private static IndexMethod method(ByteBuffer in) {
    String name = ByteWriter.text(in);
    return IndexMethod.of(name)
        .orElseThrow(() -> new IllegalArgumentException("index method " + name));
  }

  private static IndexKey readKey(ByteBuffer in) {
    IndexKey.Source source =
        in.get() == 0
            ? new IndexKey.Column(in.getInt())
            : new IndexKey.Computed(ByteWriter.text(in), readExpression(in));
    return new IndexKey(
        source,
        ByteWriter.text(in),
        MetaValue.optional(in, ByteWriter::text),
        in.get() != 0,
        in.get() != 0);
  }

  static IndexExpression readExpression(ByteBuffer in) {
    return new IndexExpression(
        ByteWriter.text(in), MetaValue.list(in, 4, ByteBuffer::getInt), ExpressionCodec.read(in));
  }

  /// Columns only; the metric, which its operator class tells as well, was stored too.
  private static IndexDefinition readVersion1(long id, ByteBuffer in) {
    String name = ByteWriter.text(in);
    IndexMethod method = method(in);
    List<Integer> columnIds = MetaValue.list(in, 4, ByteBuffer::getInt);
    List<String> operatorClasses = MetaValue.list(in, 4, ByteWriter::text);
    Optional<String> ignored = MetaValue.optional(in, ByteWriter::text);
    List<IndexKey> keys = new ArrayList<>();
    for (int i = 0; i < columnIds.size(); i++) {
      keys.add(IndexKey.ofColumn(columnIds.get(i), operatorClasses.get(i)));
    }
    Map<String, String> options = MetaValue.map(in);
    return IndexDefinition.ofColumns(
        id,
        name,
        method,
        keys,
        options,
        in.get() != 0,
        in.get() != 0,
        IndexDefinition.State.valueOf(ByteWriter.text(in)));
  }
}
