package quiver.execution.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.expression.Expression;
import quiver.common.function.FunctionSignature;
import quiver.common.function.Volatility;
import quiver.common.type.SqlType;
import quiver.execution.function.ScalarFunction;

/// Turns expression trees into [CompiledExpression]s. Nothing is evaluated here: what is constant
/// is computed once per execution, when the first row needs it, so that an error in a branch that
/// is never taken stays silent.
public final class ExpressionCompiler {
  private final FunctionLibrary library;

  public ExpressionCompiler(FunctionLibrary library) {
    this.library = library;
  }

  public List<CompiledExpression> compileAll(List<Expression> expressions) {
    List<CompiledExpression> compiled = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      compiled.add(compile(expression));
    }
    return compiled;
  }

  public Optional<CompiledExpression> compile(Optional<Expression> expression) {
    return expression.map(this::compile);
  }

  public CompiledExpression compile(Expression expression) {
    return switch (expression) {
      case Expression.InputColumn(int index, SqlType type) ->
          new InputColumnExpression(index, type);
      case Expression.Constant constant ->
          RowIndependentExpression.constant(constant.type(), constant.value());
      case Expression.Parameter(int index, SqlType type) ->
          RowIndependentExpression.parameter(type, index);
      case Expression.OuterColumn(int applyId, int index, SqlType type) ->
          RowIndependentExpression.outer(type, applyId, index);
      case Expression.Call call -> call(call);
      case Expression.VariadicCall(var function, var arguments, SqlType type) -> {
        List<CompiledExpression> operands = compileAll(arguments);
        CompiledExpression call = new VariadicCallExpression(library, function, operands, type);
        yield function.volatility() == Volatility.VOLATILE ? call : folded(call, operands);
      }
      case Expression.And(List<Expression> terms) -> {
        List<CompiledExpression> operands = compileAll(terms);
        yield folded(LogicExpression.and(operands), operands);
      }
      case Expression.Or(List<Expression> terms) -> {
        List<CompiledExpression> operands = compileAll(terms);
        yield folded(LogicExpression.or(operands), operands);
      }
      case Expression.Not(Expression operand) -> {
        CompiledExpression compiled = compile(operand);
        yield folded(new NotExpression(compiled), List.of(compiled));
      }
      case Expression.IsNull(Expression operand) -> {
        CompiledExpression compiled = compile(operand);
        yield folded(new IsNullExpression(compiled), List.of(compiled));
      }
      case Expression.IsDistinct distinct -> {
        CompiledExpression left = compile(distinct.left());
        CompiledExpression right = compile(distinct.right());
        yield folded(
            new IsDistinctExpression(
                library.scalar(
                    distinct.equality(), List.of(left.type(), right.type()), SqlType.BOOL),
                left,
                right),
            List.of(left, right));
      }
      case Expression.Case choice -> choice(choice);
      case Expression.Coalesce(List<Expression> operands, SqlType type) -> {
        List<CompiledExpression> compiled = compileAll(operands);
        yield folded(new CoalesceExpression(compiled, type), compiled);
      }
      case Expression.Cast cast -> cast(cast);
      case Expression.AnyAll test -> {
        CompiledExpression left = compile(test.left());
        CompiledExpression array = compile(test.array());
        ScalarFunction comparison =
            library.scalar(
                test.comparison(), List.of(left.type(), array.type().element()), SqlType.BOOL);
        yield folded(
            new AnyAllExpression(test.comparison(), comparison, test.all(), left, array),
            List.of(left, array));
      }
      case Expression.ArrayOf(List<Expression> elements, SqlType type) -> {
        List<CompiledExpression> compiled = compileAll(elements);
        yield folded(new ArrayExpression(compiled, type), compiled);
      }
      case Expression.Subscript subscript -> subscript(subscript);
      case Expression.RowOf(List<Expression> fields, List<String> names, SqlType type) -> {
        List<CompiledExpression> compiled = compileAll(fields);
        yield folded(new RowExpression(compiled, names, type), compiled);
      }
    };
  }

  private static CompiledExpression folded(
      CompiledExpression expression, List<CompiledExpression> operands) {
    return operands.stream().allMatch(CompiledExpression::isRowIndependent)
        ? RowIndependentExpression.folded(expression)
        : expression;
  }

  private CompiledExpression call(Expression.Call call) {
    FunctionSignature function = call.function();
    List<CompiledExpression> arguments = compileAll(call.arguments());
    CompiledExpression compiled = call(function, arguments, call.type());
    return function.volatility() == Volatility.VOLATILE ? compiled : folded(compiled, arguments);
  }

  private CompiledExpression call(
      FunctionSignature function, List<CompiledExpression> arguments, SqlType type) {
    if (arguments.size() == 2) {
      CompiledExpression left = arguments.get(0);
      CompiledExpression right = arguments.get(1);
      Optional<CompiledExpression> fast =
          ComparisonExpression.of(function, left, right)
              .or(() -> ArithmeticExpression.of(function, left, right))
              .or(() -> DistanceExpression.of(function, left, right));
      if (fast.isPresent()) {
        return fast.get();
      }
    }
    return library
        .kernel(function)
        .<CompiledExpression>map(kernel -> new KernelExpression(kernel, arguments, type))
        .orElseGet(() ->
            new CallExpression(
                function,
                library.scalar(
                    function, arguments.stream().map(CompiledExpression::type).toList(), type),
                arguments,
                type));
  }

  private CompiledExpression choice(Expression.Case choice) {
    List<CaseExpression.Branch> branches = new ArrayList<>();
    List<CompiledExpression> operands = new ArrayList<>();
    for (Expression.Branch branch : choice.branches()) {
      CompiledExpression condition = compile(branch.condition());
      CompiledExpression result = compile(branch.result());
      branches.add(new CaseExpression.Branch(condition, result));
      operands.add(condition);
      operands.add(result);
    }
    CompiledExpression otherwise = compile(choice.otherwise());
    operands.add(otherwise);
    return folded(new CaseExpression(branches, otherwise, choice.type()), operands);
  }

  private CompiledExpression cast(Expression.Cast cast) {
    CompiledExpression operand = compile(cast.operand());
    SqlType from = operand.type();
    if (from.equals(cast.type())) {
      return operand;
    }
    CompiledExpression converted =
        CastExpression.isRelabel(from, cast.type())
            ? new RelabelExpression(operand, cast.type())
            : new CastExpression(
                operand, cast.type(), library.conversion(from, cast.type(), cast.context()));
    return folded(converted, List.of(operand));
  }

  private CompiledExpression subscript(Expression.Subscript subscript) {
    List<CompiledExpression> operands = new ArrayList<>();
    CompiledExpression array = compile(subscript.array());
    operands.add(array);
    List<SubscriptExpression.Bound> bounds = new ArrayList<>();
    for (Expression.SubscriptBound bound : subscript.bounds()) {
      SubscriptExpression.Bound compiled =
          switch (bound) {
            case Expression.SubscriptBound.At(Expression index) ->
                new SubscriptExpression.Bound(
                    Optional.of(compile(index)), false, Optional.empty(), Optional.empty());
            case Expression.SubscriptBound.Slice(var from, var to) ->
                new SubscriptExpression.Bound(Optional.empty(), true, compile(from), compile(to));
          };
      bounds.add(compiled);
      compiled.at().ifPresent(operands::add);
      compiled.from().ifPresent(operands::add);
      compiled.to().ifPresent(operands::add);
    }
    return folded(new SubscriptExpression(array, bounds, subscript.type()), operands);
  }
}
