package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// CREATE POLICY: which rows of a table some roles may see or make.
///
/// @param roleIds [RoleDefinition#PUBLIC_ID]: all
/// @param using over the table's columns
/// @param check over the columns of new rows
public record RowPolicy(
    long id,
    long tableId,
    String name,
    boolean permissive,
    Command command,
    List<Long> roleIds,
    Optional<PolicyExpression> using,
    Optional<PolicyExpression> check)
    implements CatalogObject {
  public RowPolicy {
    roleIds = List.copyOf(roleIds);
  }

  /// Its conditions.
  public List<PolicyExpression> expressions() {
    return Stream.concat(using.stream(), check.stream()).toList();
  }

  /// Whether a condition reads a relation.
  public boolean usesRelation(long relationId) {
    return expressions().stream().anyMatch(each -> each.usesRelation(relationId));
  }

  /// Whether a condition reads a column.
  public boolean usesColumn(long relationId, int columnId) {
    return expressions().stream().anyMatch(each -> each.usesColumn(relationId, columnId));
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
