package quiver.common.security;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.AclItem;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.RoleDefinition;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;

/// PostgreSQL's text of an `aclitem`: `grantee=letters/grantor`, a `*` after what may be granted.
public final class AclText {
  private AclText() {}

  public static String format(AclItem item, CatalogImage catalog) {
    StringBuilder text = new StringBuilder();
    if (item.granteeId() != RoleDefinition.PUBLIC_ID) {
      text.append(role(item.granteeId(), catalog));
    }
    text.append('=');
    for (Privilege privilege : Privilege.values()) {
      if (privilege.isIn(item.privileges())) {
        text.append(privilege.letter());
      }
      if (privilege.isIn(item.grantable())) {
        text.append('*');
      }
    }
    return text.append('/').append(role(item.grantorId(), catalog)).toString();
  }

  private static String role(long id, CatalogImage catalog) {
    return catalog
        .security()
        .role(id)
        .map(role -> DefinitionText.identifier(role.name()))
        .orElse(String.valueOf(id));
  }

  /// An ACL as `aclitem[]`.
  public static ArrayValue array(List<AclItem> acl, CatalogImage catalog) {
    return ArrayValue.of(
        BaseType.ACLITEM, acl.stream().map(item -> (Object) format(item, catalog)).toArray());
  }

  /// Reads the text; empty when it is none, or a role is unknown.
  public static Optional<AclItem> parse(String text, CatalogImage catalog) {
    int equals = text.lastIndexOf('=');
    int slash = text.indexOf('/', equals);
    if (equals < 0 || slash < 0) {
      return Optional.empty();
    }
    int privileges = 0;
    int grantable = 0;
    int last = 0;
    for (char letter : text.substring(equals + 1, slash).toCharArray()) {
      if (letter == '*') {
        grantable |= last;
        continue;
      }
      last = 0;
      for (Privilege privilege : Privilege.values()) {
        if (privilege.letter() == letter) {
          last = privilege.bit();
        }
      }
      privileges |= last;
    }
    Optional<Long> grantee = roleId(text.substring(0, equals), catalog);
    Optional<Long> grantor = roleId(text.substring(slash + 1), catalog);
    return grantee.isEmpty() || grantor.isEmpty()
        ? Optional.empty()
        : Optional.of(new AclItem(grantee.get(), grantor.get(), privileges, grantable));
  }

  private static Optional<Long> roleId(String text, CatalogImage catalog) {
    if (text.isEmpty()) {
      return Optional.of(RoleDefinition.PUBLIC_ID);
    }
    String name =
        text.startsWith("\"") && text.endsWith("\"") && text.length() > 1
            ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
            : text;
    return catalog
        .security()
        .role(name)
        .map(RoleDefinition::id)
        .or(() -> name.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(name)) : Optional.empty());
  }
}
