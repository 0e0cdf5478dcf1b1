package quiver.rpc.meta;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import quiver.common.catalog.AclItem;
import quiver.common.catalog.DefaultPrivileges;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.PolicyExpression;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RoleMembership;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.ViewDefinition;
import quiver.common.value.ByteWriter;

/// The stored form of roles, grants and policies: part of [DefinitionCodec].
final class SecurityCodec {
  private static final int ITEM_BYTES = 24;
  private static final int USE_BYTES = 12;

  private SecurityCodec() {}

  static void write(ByteWriter out, RoleDefinition role) {
    RoleDefinition.Attributes attributes = role.attributes();
    out.putLong(role.id()).putText(role.name());
    out.putByte(bit(attributes.superuser()))
        .putByte(bit(attributes.inherit()))
        .putByte(bit(attributes.createRole()))
        .putByte(bit(attributes.createDatabase()))
        .putByte(bit(attributes.login()))
        .putByte(bit(attributes.bypassRowSecurity()))
        .putInt(role.connectionLimit());
    MetaValue.putOptional(out, role.verifier(), ByteWriter::putText);
    MetaValue.putOptional(out, role.validUntilMicros(), ByteWriter::putLong);
    MetaValue.putMap(out, role.settings());
  }

  private static int bit(boolean value) {
    return value ? 1 : 0;
  }

  static RoleDefinition readRole(ByteBuffer in) {
    long id = in.getLong();
    String name = ByteWriter.text(in);
    RoleDefinition.Attributes attributes =
        new RoleDefinition.Attributes(
            in.get() != 0,
            in.get() != 0,
            in.get() != 0,
            in.get() != 0,
            in.get() != 0,
            in.get() != 0);
    return new RoleDefinition(
        id,
        name,
        attributes,
        in.getInt(),
        MetaValue.optional(in, ByteWriter::text),
        MetaValue.optional(in, ByteBuffer::getLong),
        MetaValue.map(in));
  }

  static void write(ByteWriter out, RoleMembership membership) {
    out.putLong(membership.id())
        .putLong(membership.roleId())
        .putLong(membership.memberId())
        .putLong(membership.grantorId())
        .putByte(bit(membership.adminOption()));
  }

  static RoleMembership readMembership(ByteBuffer in) {
    return new RoleMembership(
        in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.get() != 0);
  }

  private static void writeAcl(ByteWriter out, List<AclItem> acl) {
    MetaValue.putList(
        out,
        acl,
        (to, item) ->
            to.putLong(item.granteeId())
                .putLong(item.grantorId())
                .putInt(item.privileges())
                .putInt(item.grantable()));
  }

  private static List<AclItem> readAcl(ByteBuffer in) {
    return MetaValue.list(
        in,
        ITEM_BYTES,
        item -> new AclItem(item.getLong(), item.getLong(), item.getInt(), item.getInt()));
  }

  static void write(ByteWriter out, ObjectAccess access) {
    out.putLong(access.id()).putLong(access.objectId()).putLong(access.ownerId());
    MetaValue.putOptional(out, access.acl(), SecurityCodec::writeAcl);
    MetaValue.putList(
        out,
        List.copyOf(access.columns().entrySet()),
        (to, column) -> writeAcl(to.putInt(column.getKey()), column.getValue()));
    out.putByte(bit(access.rowSecurity())).putByte(bit(access.forceRowSecurity()));
  }

  static ObjectAccess readAccess(ByteBuffer in) {
    long id = in.getLong();
    long objectId = in.getLong();
    long ownerId = in.getLong();
    Optional<List<AclItem>> acl = MetaValue.optional(in, SecurityCodec::readAcl);
    Map<Integer, List<AclItem>> columns = new HashMap<>();
    for (var column : MetaValue.list(in, 8, each -> Map.entry(each.getInt(), readAcl(each)))) {
      columns.put(column.getKey(), column.getValue());
    }
    return new ObjectAccess(id, objectId, ownerId, acl, columns, in.get() != 0, in.get() != 0);
  }

  static void write(ByteWriter out, DefaultPrivileges given) {
    out.putLong(given.id())
        .putLong(given.roleId())
        .putLong(given.schemaId())
        .putText(given.kind().name());
    writeAcl(out, given.acl());
  }

  static DefaultPrivileges readDefaults(ByteBuffer in) {
    return new DefaultPrivileges(
        in.getLong(),
        in.getLong(),
        in.getLong(),
        SecuredKind.valueOf(ByteWriter.text(in)),
        readAcl(in));
  }

  static void write(ByteWriter out, RowPolicy policy) {
    out.putLong(policy.id())
        .putLong(policy.tableId())
        .putText(policy.name())
        .putByte(bit(policy.permissive()))
        .putText(policy.command().name());
    MetaValue.putLongs(out, policy.roleIds());
    MetaValue.putOptional(out, policy.using(), SecurityCodec::writeExpression);
    MetaValue.putOptional(out, policy.check(), SecurityCodec::writeExpression);
  }

  private static void writeExpression(ByteWriter out, PolicyExpression expression) {
    out.putText(expression.template());
    MetaValue.putList(
        out, expression.uses(), (to, use) -> to.putLong(use.relationId()).putInt(use.columnId()));
  }

  static RowPolicy readPolicy(ByteBuffer in) {
    return readPolicy(in, SecurityCodec::readExpression);
  }

  /// A policy whose conditions are plain text.
  static RowPolicy readTextPolicy(ByteBuffer in) {
    return readPolicy(in, each -> new PolicyExpression(ByteWriter.text(each), List.of()));
  }

  private static RowPolicy readPolicy(
      ByteBuffer in, Function<ByteBuffer, PolicyExpression> expression) {
    return new RowPolicy(
        in.getLong(),
        in.getLong(),
        ByteWriter.text(in),
        in.get() != 0,
        RowPolicy.Command.valueOf(ByteWriter.text(in)),
        MetaValue.longs(in),
        MetaValue.optional(in, expression),
        MetaValue.optional(in, expression));
  }

  private static PolicyExpression readExpression(ByteBuffer in) {
    return new PolicyExpression(
        ByteWriter.text(in),
        MetaValue.list(
            in, USE_BYTES, each -> new ViewDefinition.Use(each.getLong(), each.getInt())));
  }
}
