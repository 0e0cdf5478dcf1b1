package quiver.common.catalog;

import java.util.List;
import java.util.Optional;

/// CREATE POLICY: which rows of a table some roles may see or make.
///
/// @param roleIds [RoleDefinition#PUBLIC_ID]: all
/// @param using over the table's columns, as normalised text
/// @param check over the columns of new rows
public record RowPolicy(
    long id,
    long tableId,
    String name,
    boolean permissive,
    Command command,
    List<Long> roleIds,
    Optional<String> using,
    Optional<String> check)
    implements CatalogObject {
  public RowPolicy {
    roleIds = List.copyOf(roleIds);
  }

  /// What a policy is about.
  public enum Command {
    ALL('*'),
    SELECT('r'),
    INSERT('a'),
    UPDATE('w'),
    DELETE('d');

    private final char code;

    Command(char code) {
      this.code = code;
    }

    /// `pg_policy.polcmd`.
    public char code() {
      return code;
    }
  }
}
