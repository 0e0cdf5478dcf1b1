package quiver.common.catalog;

import static quiver.common.catalog.Privilege.CONNECT;
import static quiver.common.catalog.Privilege.CREATE;
import static quiver.common.catalog.Privilege.DELETE;
import static quiver.common.catalog.Privilege.EXECUTE;
import static quiver.common.catalog.Privilege.INSERT;
import static quiver.common.catalog.Privilege.REFERENCES;
import static quiver.common.catalog.Privilege.SELECT;
import static quiver.common.catalog.Privilege.TEMPORARY;
import static quiver.common.catalog.Privilege.TRIGGER;
import static quiver.common.catalog.Privilege.TRUNCATE;
import static quiver.common.catalog.Privilege.UPDATE;
import static quiver.common.catalog.Privilege.USAGE;

import java.util.List;

/// Kinds of object that privileges are about.
///
/// `TABLE` are tables and views.
public enum SecuredKind {
  TABLE(
      'r',
      "table",
      "relation",
      Privilege.bits(INSERT, SELECT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER),
      0),
  SEQUENCE('S', "sequence", "sequence", Privilege.bits(SELECT, UPDATE, USAGE), 0),
  SCHEMA('n', "schema", "schema", Privilege.bits(USAGE, CREATE), 0),
  DATABASE(
      'd',
      "database",
      "database",
      Privilege.bits(CREATE, TEMPORARY, CONNECT),
      Privilege.bits(TEMPORARY, CONNECT)),
  TYPE('T', "type", "type", USAGE.bit(), USAGE.bit()),
  FUNCTION('f', "function", "function", EXECUTE.bit(), EXECUTE.bit());

  /// What can be granted on columns.
  public static final int ON_COLUMNS = Privilege.bits(INSERT, SELECT, UPDATE, REFERENCES);

  private final char code;
  private final String word;
  private final String privilegeWord;
  private final int all;
  private final int everybody;

  SecuredKind(char code, String word, String privilegeWord, int all, int everybody) {
    this.code = code;
    this.word = word;
    this.privilegeWord = privilegeWord;
    this.all = all;
    this.everybody = everybody;
  }

  /// The letter of `acldefault` and `pg_default_acl`.
  public char code() {
    return code;
  }

  /// What messages call it, for example `permission denied for table t`.
  public String word() {
    return word;
  }

  /// As [#word], in `invalid privilege type … for relation`.
  public String privilegeWord() {
    return privilegeWord;
  }

  /// Every privilege there is.
  public int all() {
    return all;
  }

  /// What an object without an ACL means: everything for its owner, and what everybody has.
  public List<AclItem> defaultAcl(long ownerId) {
    AclItem own = new AclItem(ownerId, ownerId, all, 0);
    return everybody == 0
        ? List.of(own)
        : List.of(new AclItem(RoleDefinition.PUBLIC_ID, ownerId, everybody, 0), own);
  }
}
