package quiver.rpc.meta;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.expression.Expression;
import quiver.common.expression.Expression.Branch;
import quiver.common.expression.Expression.SubscriptBound;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;

/// Expressions over stored rows as bytes: a kind byte, then its fields. Functions are named by
/// their keys. Parameters and outer columns belong to statements and have no stored form.
final class ExpressionCodec {
  /// Deeper trees are refused when they are read: no statement nests deeper.
  private static final int DEPTH_MAX = 1_000;

  private static final int COLUMN = 1;
  private static final int CONSTANT = 2;
  private static final int CALL = 3;
  private static final int AND = 4;
  private static final int OR = 5;
  private static final int NOT = 6;
  private static final int IS_NULL = 7;
  private static final int IS_DISTINCT = 8;
  private static final int CASE = 9;
  private static final int COALESCE = 10;
  private static final int CAST = 11;
  private static final int ANY_ALL = 12;
  private static final int ARRAY = 13;
  private static final int SUBSCRIPT = 14;
  private static final int ROW = 15;
  private static final int VARIADIC_CALL = 16;
  private static final int COMPOSITE = 17;

  private ExpressionCodec() {}

  static void write(ByteWriter out, Expression expression) {
    switch (expression) {
      case Expression.InputColumn(int index, SqlType type) ->
          DefinitionCodec.writeType(out.putByte(COLUMN).putInt(index), type);
      case Expression.Constant(Object value, SqlType type) -> constant(out, value, type);
      case Expression.Call(var function, var arguments, SqlType type) -> {
        function(out.putByte(CALL), function);
        writeAll(out, arguments);
        DefinitionCodec.writeType(out, type);
      }
      case Expression.VariadicCall(var function, var arguments, SqlType type) -> {
        function(out.putByte(VARIADIC_CALL), function);
        writeAll(out, arguments);
        DefinitionCodec.writeType(out, type);
      }
      case Expression.And(var terms) -> writeAll(out.putByte(AND), terms);
      case Expression.Or(var terms) -> writeAll(out.putByte(OR), terms);
      case Expression.Not(var operand) -> write(out.putByte(NOT), operand);
      case Expression.IsNull(var operand) -> write(out.putByte(IS_NULL), operand);
      case Expression.IsDistinct(var equality, var left, var right) -> {
        function(out.putByte(IS_DISTINCT), equality);
        write(out, left);
        write(out, right);
      }
      case Expression.Case(var branches, var otherwise, SqlType type) -> {
        MetaValue.putList(
            out.putByte(CASE),
            branches,
            (to, branch) -> {
              write(to, branch.condition());
              write(to, branch.result());
            });
        write(out, otherwise);
        DefinitionCodec.writeType(out, type);
      }
      case Expression.Coalesce(var operands, SqlType type) -> {
        writeAll(out.putByte(COALESCE), operands);
        DefinitionCodec.writeType(out, type);
      }
      case Expression.Cast(var operand, SqlType type, var context) -> {
        write(out.putByte(CAST), operand);
        DefinitionCodec.writeType(out, type);
        out.putText(context.name());
      }
      case Expression.AnyAll(var comparison, boolean all, var left, var array) -> {
        function(out.putByte(ANY_ALL), comparison);
        write(out.putByte(all ? 1 : 0), left);
        write(out, array);
      }
      case Expression.ArrayOf(var elements, SqlType type) -> {
        writeAll(out.putByte(ARRAY), elements);
        DefinitionCodec.writeType(out, type);
      }
      case Expression.Subscript(var array, var bounds, SqlType type) -> {
        write(out.putByte(SUBSCRIPT), array);
        MetaValue.putList(out, bounds, ExpressionCodec::bound);
        DefinitionCodec.writeType(out, type);
      }
      case Expression.RowOf(var fields, var names, var type) -> {
        writeAll(out.putByte(type.isBuiltIn() ? ROW : COMPOSITE), fields);
        MetaValue.putList(out, names, ByteWriter::putText);
        if (!type.isBuiltIn()) {
          DefinitionCodec.writeType(out, type);
        }
      }
      case Expression.Parameter ignored ->
          throw new IllegalArgumentException("a parameter cannot be stored");
      case Expression.OuterColumn ignored ->
          throw new IllegalArgumentException("an outer column cannot be stored");
    }
  }

  private static void constant(ByteWriter out, @Nullable Object value, SqlType type) {
    DefinitionCodec.writeType(out.putByte(CONSTANT), type);
    out.putByte(value == null ? 0 : 1);
    if (value != null) {
      DatumCodec.write(out, type, value);
    }
  }

  private static void function(ByteWriter out, FunctionSignature function) {
    out.putText(function.key());
  }

  private static void writeAll(ByteWriter out, List<Expression> expressions) {
    MetaValue.putList(out, expressions, ExpressionCodec::write);
  }

  private static void bound(ByteWriter out, SubscriptBound bound) {
    switch (bound) {
      case SubscriptBound.At(var index) -> write(out.putByte(0), index);
      case SubscriptBound.Slice(var from, var to) -> {
        MetaValue.putOptional(out.putByte(1), from, ExpressionCodec::write);
        MetaValue.putOptional(out, to, ExpressionCodec::write);
      }
    }
  }

  /// @throws IllegalArgumentException if a function is not known or the bytes are damaged
  static Expression read(ByteBuffer in) {
    return new Reader(in).expression(0);
  }

  private record Reader(ByteBuffer in) {
    Expression expression(int depth) {
      if (depth > DEPTH_MAX) {
        throw new IllegalArgumentException("expression nested too deeply");
      }
      int below = depth + 1;
      return switch (in.get()) {
        case COLUMN -> new Expression.InputColumn(in.getInt(), DefinitionCodec.readType(in));
        case CONSTANT -> {
          SqlType type = DefinitionCodec.readType(in);
          yield new Expression.Constant(in.get() == 0 ? null : DatumCodec.read(in, type), type);
        }
        case CALL -> new Expression.Call(function(), all(below), DefinitionCodec.readType(in));
        case VARIADIC_CALL ->
            new Expression.VariadicCall(function(), all(below), DefinitionCodec.readType(in));
        case AND -> new Expression.And(all(below));
        case OR -> new Expression.Or(all(below));
        case NOT -> new Expression.Not(expression(below));
        case IS_NULL -> new Expression.IsNull(expression(below));
        case IS_DISTINCT ->
            new Expression.IsDistinct(function(), expression(below), expression(below));
        case CASE ->
            new Expression.Case(
                MetaValue.list(in, 2, _ -> new Branch(expression(below), expression(below))),
                expression(below),
                DefinitionCodec.readType(in));
        case COALESCE -> new Expression.Coalesce(all(below), DefinitionCodec.readType(in));
        case CAST ->
            new Expression.Cast(
                expression(below),
                DefinitionCodec.readType(in),
                CastContext.valueOf(ByteWriter.text(in)));
        case ANY_ALL -> {
          FunctionSignature comparison = function();
          boolean all = in.get() != 0;
          yield new Expression.AnyAll(comparison, all, expression(below), expression(below));
        }
        case ARRAY -> new Expression.ArrayOf(all(below), DefinitionCodec.readType(in));
        case SUBSCRIPT ->
            new Expression.Subscript(
                expression(below),
                MetaValue.list(in, 1, _ -> bound(below)),
                DefinitionCodec.readType(in));
        case ROW ->
            new Expression.RowOf(
                all(below), MetaValue.list(in, 4, ByteWriter::text), SqlType.of(BaseType.RECORD));
        case COMPOSITE ->
            new Expression.RowOf(
                all(below), MetaValue.list(in, 4, ByteWriter::text), DefinitionCodec.readType(in));
        default -> throw new IllegalArgumentException("expression of unknown kind");
      };
    }

    private List<Expression> all(int depth) {
      return MetaValue.list(in, 1, _ -> expression(depth));
    }

    private FunctionSignature function() {
      String key = ByteWriter.text(in);
      return FunctionRegistry.standard()
          .function(key)
          .orElseThrow(() -> new IllegalArgumentException("function " + key));
    }

    private SubscriptBound bound(int depth) {
      if (in.get() == 0) {
        return new SubscriptBound.At(expression(depth));
      }
      Optional<Expression> from = MetaValue.optional(in, _ -> expression(depth));
      return new SubscriptBound.Slice(from, MetaValue.optional(in, _ -> expression(depth)));
    }
  }
}
