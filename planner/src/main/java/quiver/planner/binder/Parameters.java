package quiver.planner.binder;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// The types of `$1 …`: what the client declared, else what the first context that cares demands.
/// One that is declared `unknown` stands for a string literal: each of its uses is of that type
/// until its own context demands another, and all have to demand the same.
final class Parameters {
  private final List<@Nullable SqlType> types = new ArrayList<>();
  private final BitSet literals = new BitSet();
  private final Rex rex;

  Parameters(List<Optional<SqlType>> declared, int count, Rex rex) {
    this.rex = rex;
    for (Optional<SqlType> type : declared) {
      boolean isLiteral = type.filter(known -> known.base() == BaseType.UNKNOWN).isPresent();
      literals.set(types.size(), isLiteral);
      types.add(isLiteral ? null : type.orElse(null));
    }
    while (types.size() < count) {
      types.add(null);
    }
  }

  boolean isEmpty() {
    return types.isEmpty();
  }

  /// A use of parameter `index`; of type `unknown` while nothing is known.
  RexNode reference(int index) {
    while (types.size() <= index) {
      types.add(null);
    }
    SqlType type = types.get(index);
    return use(index, type == null || literals.get(index) ? SqlType.UNKNOWN : type);
  }

  private RexNode use(int index, SqlType type) {
    return rex.make(new Form.Parameter(index), type, List.of());
  }

  /// A use of parameter `index` where `target` is wanted.
  RexNode demand(int index, SqlType target) {
    SqlType known = types.get(index);
    if (known == null) {
      known = target.withoutModifier();
      types.set(index, known);
    } else if (!known.sameTypeAs(target)) {
      throw new QuiverException(
              SqlState.AMBIGUOUS_PARAMETER,
              "inconsistent types deduced for parameter $%d",
              index + 1)
          .withDetail(known.sqlName() + " versus " + target.sqlName());
    }
    return use(index, known);
  }

  /// The final types.
  ///
  /// @throws QuiverException `42P18` when one is still unknown
  List<SqlType> resolve() {
    List<SqlType> resolved = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      SqlType type = types.get(i);
      if (type == null) {
        throw new QuiverException(
            SqlState.INDETERMINATE_DATATYPE,
            "could not determine data type of parameter $%d",
            i + 1);
      }
      resolved.add(type);
    }
    return List.copyOf(resolved);
  }
}
