package quiver.rpc.meta;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.CommentDefinition;
import quiver.common.catalog.DefaultPrivileges;
import quiver.common.catalog.Deferral;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RoleMembership;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.TableStatistics;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.type.BaseType;
import quiver.common.type.CompositeField;
import quiver.common.type.EnumLabel;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;
import quiver.common.value.ByteWriter;
import quiver.common.value.Bytes;

/// Definitions of the catalog as values of the meta store.
public final class DefinitionCodec {
  private static final int OBJECT_FORMAT = 2;
  private static final int TYPE_ARRAY = 1;
  private static final int TYPE_USER = 2;
  private static final byte USER_NONE = 0;
  private static final byte USER_ENUM = 1;
  private static final byte USER_DOMAIN = 2;
  private static final byte USER_COMPOSITE = 3;

  private static final int SEQUENCE_CYCLES = 1;
  private static final int SEQUENCE_CACHED = 2;
  private static final int SEQUENCE_OF_COLUMN = 4;

  private static final int KEY_MATCHES_FULL = 1;
  private static final int KEY_NOT_VALIDATED = 2;
  private static final int KEY_DEFERRABLE = 4;
  private static final int KEY_DEFERRED = 8;
  private static final int KEY_SETS_SOME = 16;

  private DefinitionCodec() {}

  private static void write(ByteWriter out, SequenceDefinition sequence) {
    boolean cached = sequence.cache() != 1;
    out.putLong(sequence.id()).putText(sequence.schema()).putText(sequence.name());
    out.putInt(sequence.type().oid())
        .putLong(sequence.start())
        .putLong(sequence.increment())
        .putLong(sequence.min())
        .putLong(sequence.max())
        .putByte(
            (sequence.cycle() ? SEQUENCE_CYCLES : 0)
                | (cached ? SEQUENCE_CACHED : 0)
                | (sequence.ownedByColumn() != 0 ? SEQUENCE_OF_COLUMN : 0));
    if (cached) {
      out.putLong(sequence.cache());
    }
    if (sequence.ownedByColumn() != 0) {
      out.putInt(sequence.ownedByColumn());
    }
    MetaValue.putOptional(out, sequence.ownedByTable(), ByteWriter::putLong);
  }

  private static SequenceDefinition readSequence(ByteBuffer in) {
    long id = in.getLong();
    String schema = ByteWriter.text(in);
    String name = ByteWriter.text(in);
    BaseType type = base(in.getInt());
    long start = in.getLong();
    long increment = in.getLong();
    long min = in.getLong();
    long max = in.getLong();
    byte flags = in.get();
    long cache = (flags & SEQUENCE_CACHED) == 0 ? 1 : in.getLong();
    int column = (flags & SEQUENCE_OF_COLUMN) == 0 ? 0 : in.getInt();
    return new SequenceDefinition(
        id,
        schema,
        name,
        type,
        start,
        increment,
        min,
        max,
        (flags & SEQUENCE_CYCLES) != 0,
        cache,
        MetaValue.optional(in, ByteBuffer::getLong),
        column);
  }

  /// Any object, with its kind.
  static void writeObject(ByteWriter out, CatalogObject object) {
    switch (object) {
      case SchemaDefinition schema when schema.process().isPresent() ->
          out.putByte(12)
              .putLong(schema.id())
              .putText(schema.name())
              .putLong(schema.process().get().getMostSignificantBits())
              .putLong(schema.process().get().getLeastSignificantBits());
      case SchemaDefinition schema -> out.putByte(1).putLong(schema.id()).putText(schema.name());
      case TableDefinition table -> write(out.putByte(2), table);
      case SequenceDefinition sequence -> write(out.putByte(3), sequence);
      case ViewDefinition view when view.base().isPresent() -> {
        write(out.putByte(13), view);
        out.putLong(view.base().get().relationId());
        MetaValue.putList(out, view.base().get().columnIds(), ByteWriter::putInt);
      }
      case ViewDefinition view -> write(out.putByte(4), view);
      case TypeDefinition type when type.isComposite() -> writeComposite(out.putByte(16), type);
      case TypeDefinition type -> write(out.putByte(5), type);
      case CommentDefinition comment ->
          out.putByte(6)
              .putLong(comment.id())
              .putLong(comment.objectId())
              .putInt(comment.columnId())
              .putText(comment.text());
      case RoleDefinition role -> SecurityCodec.write(out.putByte(7), role);
      case RoleMembership membership -> SecurityCodec.write(out.putByte(8), membership);
      case ObjectAccess access -> SecurityCodec.write(out.putByte(9), access);
      case DefaultPrivileges given -> SecurityCodec.write(out.putByte(10), given);
      case TableStatistics statistics -> StatisticsCodec.write(out.putByte(14), statistics);
      case RowPolicy policy -> SecurityCodec.write(out.putByte(15), policy);
      default -> throw new IllegalArgumentException("no form for " + object);
    }
  }

  static CatalogObject readObject(ByteBuffer in) {
    byte kind = in.get();
    return switch (kind) {
      case 1 -> new SchemaDefinition(in.getLong(), ByteWriter.text(in));
      case 2 -> readTable(in);
      case 3 -> readSequence(in);
      case 4 -> readView(in);
      case 5 -> readTypeDefinition(in);
      case 6 -> new CommentDefinition(in.getLong(), in.getLong(), in.getInt(), ByteWriter.text(in));
      case 7 -> SecurityCodec.readRole(in);
      case 8 -> SecurityCodec.readMembership(in);
      case 9 -> SecurityCodec.readAccess(in);
      case 10 -> SecurityCodec.readDefaults(in);
      case 11 -> SecurityCodec.readTextPolicy(in);
      case 12 ->
          new SchemaDefinition(
              in.getLong(), ByteWriter.text(in), Optional.of(new UUID(in.getLong(), in.getLong())));
      case 13 ->
          readView(in)
              .withBase(
                  new ViewDefinition.Base(in.getLong(), MetaValue.list(in, 4, ByteBuffer::getInt)));
      case 14 -> StatisticsCodec.read(in);
      case 15 -> SecurityCodec.readPolicy(in);
      case 16 -> readComposite(in);
      default -> throw new IllegalArgumentException("object of kind " + kind);
    };
  }

  /// The stored form of any object.
  public static byte[] encodeObject(CatalogObject object) {
    return MetaValue.encode(OBJECT_FORMAT, out -> writeObject(out, object));
  }

  /// Reads any object.
  public static CatalogObject object(String key, byte[] value) {
    return MetaValue.decode(
        key, value, List.of(in -> readFormat1(key, in), DefinitionCodec::readObject));
  }

  /// In format 1 the key tells the kind, and columns and checks have fewer fields.
  private static CatalogObject readFormat1(String key, ByteBuffer in) {
    if (key.startsWith(MetaKeys.SCHEMAS)) {
      return new SchemaDefinition(in.getLong(), ByteWriter.text(in));
    }
    return key.startsWith(MetaKeys.SEQUENCES) ? readSequence(in) : readTable(in, 1);
  }

  private static void write(ByteWriter out, ViewDefinition view) {
    out.putLong(view.id()).putText(view.schema()).putText(view.name());
    MetaValue.putList(
        out, view.columns(), (to, column) -> writeType(to.putText(column.name()), column.type()));
    out.putText(view.template());
    MetaValue.putList(
        out, view.uses(), (to, use) -> to.putLong(use.relationId()).putInt(use.columnId()));
    MetaValue.putList(
        out,
        List.copyOf(view.options().entrySet()),
        (to, option) -> to.putText(option.getKey()).putText(option.getValue()));
    MetaValue.putOptional(out, view.storageTableId(), ByteWriter::putLong);
    out.putByte(view.populated() ? 1 : 0).putByte(view.temporary() ? 1 : 0);
  }

  private static ViewDefinition readView(ByteBuffer in) {
    return new ViewDefinition(
        in.getLong(),
        ByteWriter.text(in),
        ByteWriter.text(in),
        MetaValue.list(
            in,
            13,
            column -> new ViewDefinition.ViewColumn(ByteWriter.text(column), readType(column))),
        ByteWriter.text(in),
        MetaValue.list(in, 12, use -> new ViewDefinition.Use(use.getLong(), use.getInt())),
        readOptions(in),
        MetaValue.optional(in, ByteBuffer::getLong),
        in.get() != 0,
        in.get() != 0,
        Optional.empty());
  }

  private static Map<String, String> readOptions(ByteBuffer in) {
    Map<String, String> options = new LinkedHashMap<>();
    for (Map.Entry<String, String> option :
        MetaValue.list(in, 8, each -> Map.entry(ByteWriter.text(each), ByteWriter.text(each)))) {
      options.put(option.getKey(), option.getValue());
    }
    return options;
  }

  private static void write(ByteWriter out, TypeDefinition type) {
    out.putLong(type.id()).putLong(type.arrayId()).putText(type.schema()).putText(type.name());
    MetaValue.putList(
        out,
        type.labels(),
        (to, label) -> to.putLong(label.id()).putLong(label.order()).putText(label.text()));
    MetaValue.putOptional(out, type.base(), DefinitionCodec::writeType);
    out.putByte(type.notNull() ? 1 : 0);
    MetaValue.putOptional(out, type.defaultSql(), ByteWriter::putText);
    MetaValue.putList(out, type.checks(), DefinitionCodec::write);
  }

  private static TypeDefinition readTypeDefinition(ByteBuffer in) {
    return new TypeDefinition(
        in.getLong(),
        in.getLong(),
        ByteWriter.text(in),
        ByteWriter.text(in),
        MetaValue.list(
            in,
            20,
            label -> new EnumLabel(label.getLong(), label.getLong(), ByteWriter.text(label))),
        MetaValue.optional(in, DefinitionCodec::readType),
        in.get() != 0,
        MetaValue.optional(in, ByteWriter::text),
        MetaValue.list(in, 17, check -> readCheck(check, OBJECT_FORMAT)));
  }

  private static void writeComposite(ByteWriter out, TypeDefinition type) {
    out.putLong(type.id()).putLong(type.arrayId()).putText(type.schema()).putText(type.name());
    MetaValue.putList(
        out,
        type.fields().orElseThrow(),
        (to, field) -> writeType(to.putText(field.name()), field.type()));
  }

  private static TypeDefinition readComposite(ByteBuffer in) {
    return TypeDefinition.composite(
        in.getLong(),
        in.getLong(),
        ByteWriter.text(in),
        ByteWriter.text(in),
        MetaValue.list(
            in, 13, field -> new CompositeField(ByteWriter.text(field), readType(field))));
  }

  private static void write(ByteWriter out, CheckConstraint check) {
    out.putLong(check.id())
        .putText(check.name())
        .putText(check.sql())
        .putByte(check.validated() ? 1 : 0);
  }

  private static CheckConstraint readCheck(ByteBuffer in, int format) {
    return new CheckConstraint(
        in.getLong(), ByteWriter.text(in), ByteWriter.text(in), format == 1 || in.get() != 0);
  }

  /// Reads a table.
  public static TableDefinition table(String key, byte[] value) {
    return (TableDefinition) object(key, value);
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
    MetaValue.putList(out, table.checks(), DefinitionCodec::write);
    MetaValue.putList(out, table.indexes(), IndexCodec::write);
    out.putInt(table.columnIdMax());
    MetaValue.putOptional(out, table.temporary(), (to, commit) -> to.putText(commit.name()));
    MetaValue.putList(out, table.foreignKeys(), DefinitionCodec::write);
  }

  static TableDefinition readTable(ByteBuffer in) {
    return readTable(in, OBJECT_FORMAT);
  }

  private static TableDefinition readTable(ByteBuffer in, int format) {
    long id = in.getLong();
    String schema = ByteWriter.text(in);
    String name = ByteWriter.text(in);
    int version = in.getInt();
    int incarnation = in.getInt();
    int shardCount = in.getInt();
    List<ColumnDefinition> columns = MetaValue.list(in, 16, each -> readColumn(each, format));
    Optional<TableDefinition.PrimaryKey> primaryKey =
        MetaValue.optional(
            in,
            key ->
                new TableDefinition.PrimaryKey(
                    key.getLong(),
                    ByteWriter.text(key),
                    MetaValue.list(key, 4, ByteBuffer::getInt)));
    List<CheckConstraint> checks = MetaValue.list(in, 16, each -> readCheck(each, format));
    TableDefinition table =
        new TableDefinition(
            id,
            schema,
            name,
            version,
            incarnation,
            columns,
            primaryKey,
            checks,
            MetaValue.list(in, 16, IndexCodec::read),
            shardCount);
    return format == 1
        ? table
        : table
            .withColumnIdMax(in.getInt())
            .withTemporary(
                MetaValue.optional(
                    in, each -> TableDefinition.OnCommit.valueOf(ByteWriter.text(each))))
            .withForeignKeys(MetaValue.list(in, 40, DefinitionCodec::readForeignKey));
  }

  private static void write(ByteWriter out, ForeignKey key) {
    out.putLong(key.id()).putText(key.name());
    MetaValue.putList(out, key.columnIds(), ByteWriter::putInt);
    out.putLong(key.referencedTableId());
    MetaValue.putList(out, key.referencedColumnIds(), ByteWriter::putInt);
    out.putLong(key.referencedIndexId())
        .putByte(
            (key.matchFull() ? KEY_MATCHES_FULL : 0)
                | (key.validated() ? 0 : KEY_NOT_VALIDATED)
                | (key.deferral().isDeferrable() ? KEY_DEFERRABLE : 0)
                | (key.deferral().isInitiallyDeferred() ? KEY_DEFERRED : 0)
                | (key.setColumnIds().isEmpty() ? 0 : KEY_SETS_SOME))
        .putText(key.onDelete().name())
        .putText(key.onUpdate().name());
    if (!key.setColumnIds().isEmpty()) {
      MetaValue.putList(out, key.setColumnIds(), ByteWriter::putInt);
    }
  }

  private static ForeignKey readForeignKey(ByteBuffer in) {
    long id = in.getLong();
    String name = ByteWriter.text(in);
    List<Integer> columnIds = MetaValue.list(in, 4, ByteBuffer::getInt);
    long referencedTableId = in.getLong();
    List<Integer> referencedColumnIds = MetaValue.list(in, 4, ByteBuffer::getInt);
    long referencedIndexId = in.getLong();
    int flags = in.get();
    Deferral deferral =
        (flags & KEY_DEFERRED) != 0
            ? Deferral.INITIALLY_DEFERRED
            : (flags & KEY_DEFERRABLE) != 0
                ? Deferral.INITIALLY_IMMEDIATE
                : Deferral.NOT_DEFERRABLE;
    return new ForeignKey(
        id,
        name,
        columnIds,
        referencedTableId,
        referencedColumnIds,
        referencedIndexId,
        (flags & KEY_MATCHES_FULL) != 0,
        ForeignKey.Action.valueOf(ByteWriter.text(in)),
        ForeignKey.Action.valueOf(ByteWriter.text(in)),
        (flags & KEY_SETS_SOME) == 0 ? List.of() : MetaValue.list(in, 4, ByteBuffer::getInt),
        deferral,
        (flags & KEY_NOT_VALIDATED) == 0);
  }

  private static void write(ByteWriter out, ColumnDefinition column) {
    out.putInt(column.id()).putText(column.name());
    writeType(out, column.type());
    out.putByte(column.notNull() ? 1 : 0);
    MetaValue.putOptional(out, column.defaultSql(), ByteWriter::putText);
    MetaValue.putOptional(out, column.sequenceId(), ByteWriter::putLong);
    out.putText(column.identity().name());
    MetaValue.putOptional(out, column.generatedSql(), ByteWriter::putText);
    MetaValue.putOptional(
        out,
        column.missing(),
        (to, missing) -> to.putInt(missing.length()).putBytes(missing.array()));
  }

  private static ColumnDefinition readColumn(ByteBuffer in, int format) {
    ColumnDefinition column =
        new ColumnDefinition(
            in.getInt(),
            ByteWriter.text(in),
            readType(in),
            in.get() != 0,
            MetaValue.optional(in, ByteWriter::text),
            MetaValue.optional(in, ByteBuffer::getLong),
            ColumnDefinition.Identity.valueOf(ByteWriter.text(in)));
    return format == 1
        ? column
        : column
            .withGenerated(MetaValue.optional(in, ByteWriter::text))
            .withMissing(MetaValue.optional(in, DefinitionCodec::readBytes));
  }

  private static Bytes readBytes(ByteBuffer in) {
    byte[] bytes = new byte[ByteWriter.length(in, 1)];
    in.get(bytes);
    return Bytes.of(bytes);
  }

  /// The base's OID, a byte of flags, the modifier; then what kind of type a user has made of it
  /// and its OIDs: all else is in its own definition.
  static void writeType(ByteWriter out, SqlType type) {
    boolean isUser = !type.isBuiltIn();
    out.putInt(type.base().oid())
        .putByte((type.array() ? TYPE_ARRAY : 0) | (isUser ? TYPE_USER : 0))
        .putInt(type.modifier());
    if (isUser) {
      writeUser(out, type.user());
    }
  }

  private static void writeUser(ByteWriter out, UserType user) {
    switch (user) {
      case UserType.None _ -> out.putByte(USER_NONE);
      case UserType.OfEnum type ->
          out.putByte(USER_ENUM).putInt(type.oid()).putInt(type.arrayOid());
      case UserType.OfComposite type ->
          out.putByte(USER_COMPOSITE).putInt(type.oid()).putInt(type.arrayOid());
      case UserType.OfDomain domain -> {
        out.putByte(USER_DOMAIN).putInt(domain.oid()).putInt(domain.arrayOid());
        writeUser(out, domain.below());
      }
    }
  }

  static SqlType readType(ByteBuffer in) {
    BaseType base = base(in.getInt());
    int flags = in.get();
    int modifier = in.getInt();
    UserType user = (flags & TYPE_USER) == 0 ? UserType.None.NONE : readUser(in);
    return new SqlType(base, (flags & TYPE_ARRAY) != 0, modifier, user);
  }

  private static UserType readUser(ByteBuffer in) {
    return switch (in.get()) {
      case USER_NONE -> UserType.None.NONE;
      case USER_ENUM -> new UserType.OfEnum(in.getInt(), in.getInt(), "", "", List.of());
      case USER_COMPOSITE -> new UserType.OfComposite(in.getInt(), in.getInt(), "", "", List.of());
      case USER_DOMAIN -> new UserType.OfDomain(in.getInt(), in.getInt(), "", "", readUser(in));
      default -> throw new IllegalArgumentException("a type of an unknown kind");
    };
  }

  private static BaseType base(int oid) {
    return BaseType.byOid(oid).orElseThrow(() -> new IllegalArgumentException("type " + oid));
  }
}
