package quiver.common.expression;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.function.FunctionSignature;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;

/// A scalar expression over the columns of an operator's input, fully typed: every implicit
/// conversion is a [Cast] or [Call] already. Three-valued logic and evaluation order are
/// PostgreSQL's.
public sealed interface Expression {
  SqlType type();

  /// Column `index` (from 0) of the input row.
  record InputColumn(int index, SqlType type) implements Expression {}

  /// A constant; `value` is a datum of `type` as listed in [quiver.common.type.BaseType], null for
  /// NULL.
  record Constant(@Nullable Object value, SqlType type) implements Expression {}

  /// Statement parameter `index` (from 0), bound at execution.
  record Parameter(int index, SqlType type) implements Expression {}

  /// Column `index` of the current left row of the enclosing [quiver.common.plan.PlanNode.Apply]
  /// with this id.
  record OuterColumn(int applyId, int index, SqlType type) implements Expression {}

  /// A scalar function, operator or function cast.
  record Call(FunctionSignature function, List<Expression> arguments, SqlType type)
      implements Expression {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /// A scalar function called with the elements of its last argument, an array, as the arguments
  /// that repeat; NULL for a NULL array.
  record VariadicCall(FunctionSignature function, List<Expression> arguments, SqlType type)
      implements Expression {
    public VariadicCall {
      arguments = List.copyOf(arguments);
    }
  }

  record And(List<Expression> terms) implements Expression {
    public And {
      terms = List.copyOf(terms);
    }

    @Override
    public SqlType type() {
      return SqlType.BOOL;
    }
  }

  record Or(List<Expression> terms) implements Expression {
    public Or {
      terms = List.copyOf(terms);
    }

    @Override
    public SqlType type() {
      return SqlType.BOOL;
    }
  }

  record Not(Expression operand) implements Expression {
    @Override
    public SqlType type() {
      return SqlType.BOOL;
    }
  }

  /// `operand IS NULL`.
  record IsNull(Expression operand) implements Expression {
    @Override
    public SqlType type() {
      return SqlType.BOOL;
    }
  }

  /// `left IS DISTINCT FROM right`, by the equality function of their common type.
  record IsDistinct(FunctionSignature equality, Expression left, Expression right)
      implements Expression {
    @Override
    public SqlType type() {
      return SqlType.BOOL;
    }
  }

  /// Branches are tried in order; only the chosen one is evaluated.
  record Case(List<Branch> branches, Expression otherwise, SqlType type) implements Expression {
    public Case {
      branches = List.copyOf(branches);
    }
  }

  /// One WHEN … THEN ….
  record Branch(Expression condition, Expression result) {}

  /// The first operand that is not NULL; later ones are not evaluated.
  record Coalesce(List<Expression> operands, SqlType type) implements Expression {
    public Coalesce {
      operands = List.copyOf(operands);
    }
  }

  /// Conversion to `type`: between types by [quiver.common.function] casts, through text where that
  /// is what PostgreSQL does, and to the modifier of `type` (length, precision, dimensions) by
  /// `context`'s rules.
  record Cast(Expression operand, SqlType type, CastContext context) implements Expression {}

  /// `left operator ANY (array)` or `ALL (array)`; IN lists arrive in this form.
  record AnyAll(FunctionSignature comparison, boolean all, Expression left, Expression array)
      implements Expression {
    @Override
    public SqlType type() {
      return SqlType.BOOL;
    }
  }

  /// `ARRAY[…]`; elements have the array's element type, or its own type for a further dimension.
  record ArrayOf(List<Expression> elements, SqlType type) implements Expression {
    public ArrayOf {
      elements = List.copyOf(elements);
    }
  }

  /// `array[index]` or, with `upper`, a slice; bounds are int4.
  record Subscript(Expression array, List<SubscriptBound> bounds, SqlType type)
      implements Expression {
    public Subscript {
      bounds = List.copyOf(bounds);
    }
  }

  /// One subscript: `[at]`, or the slice `[from:to]` with open ends where empty.
  sealed interface SubscriptBound {
    record At(Expression index) implements SubscriptBound {}

    record Slice(Optional<Expression> from, Optional<Expression> to) implements SubscriptBound {}
  }

  /// `ROW(…)`, or a whole row of a table or subquery.
  ///
  /// @param names of the fields; empty: `f1`, `f2`, …
  /// @param type `record`, or a composite type
  record RowOf(List<Expression> fields, List<String> names, SqlType type) implements Expression {
    public RowOf {
      fields = List.copyOf(fields);
      names = List.copyOf(names);
      if (!names.isEmpty() && names.size() != fields.size()) {
        throw new IllegalArgumentException(names.size() + " names, " + fields.size() + " fields");
      }
    }

    /// `ROW(…)`.
    public RowOf(List<Expression> fields) {
      this(fields, List.of(), SqlType.of(quiver.common.type.BaseType.RECORD));
    }
  }
}
