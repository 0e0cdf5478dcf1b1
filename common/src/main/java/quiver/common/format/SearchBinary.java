package quiver.common.format;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.search.Lexeme;
import quiver.common.search.TextQuery;
import quiver.common.search.TextQuery.Binary;
import quiver.common.search.TextQuery.Node;
import quiver.common.search.TextQuery.Not;
import quiver.common.search.TextQuery.Operand;
import quiver.common.search.TextQuery.Operator;
import quiver.common.search.TextVector;
import quiver.common.search.Weight;

/// The binary form of `tsvector` and `tsquery`.
///
/// A document is a count and, for each lexeme, its word with a zero byte at the end, the number of
/// positions and, 16 bits each, the positions with the weight in the highest two bits. A query is a
/// count of nodes and the nodes, each operator before its operands, the right operand first.
final class SearchBinary {
  private static final int VALUE = 1;
  private static final int OPERATOR = 2;
  private static final int NOT = 1;
  private static final int AND = 2;
  private static final int OR = 3;
  private static final int PHRASE = 4;
  private static final int DEPTH_MAX = 1_000;

  private SearchBinary() {}

  static void write(TextVector vector, BinarySink out) {
    out.putInt(vector.lexemes().size());
    for (Lexeme lexeme : vector.lexemes()) {
      putText(lexeme.word(), out);
      out.putShort(lexeme.positions().length);
      for (int i = 0; i < lexeme.positions().length; i++) {
        out.putShort(lexeme.weight(i).level() << 14 | lexeme.position(i));
      }
    }
  }

  static TextVector readVector(ByteBuffer in) {
    int count = in.getInt();
    if (count < 0 || count > in.remaining()) {
      throw invalid("invalid size of tsvector");
    }
    List<Lexeme> lexemes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String word = text(in);
      if (word.isEmpty() || word.length() > Lexeme.WORD_BYTES_MAX) {
        throw invalid("invalid tsvector: lexeme too long");
      }
      int[] positions = new int[Short.toUnsignedInt(in.getShort())];
      if (positions.length > Lexeme.POSITION_COUNT_MAX) {
        throw invalid("unexpected number of tsvector positions");
      }
      for (int j = 0; j < positions.length; j++) {
        int entry = Short.toUnsignedInt(in.getShort());
        Weight weight = Weight.ofLevel(entry >>> 14);
        positions[j] = Lexeme.entry(entry & Lexeme.POSITION_MAX, weight);
        if (j > 0 && positions[j] >>> 2 <= positions[j - 1] >>> 2) {
          throw invalid("position information is misordered");
        }
      }
      lexemes.add(new Lexeme(word, positions));
    }
    return TextVector.of(lexemes);
  }

  static void write(TextQuery query, BinarySink out) {
    out.putInt(query.nodeCount());
    if (query.root() != null) {
      write(query.root(), out);
    }
  }

  private static void write(Node node, BinarySink out) {
    switch (node) {
      case Operand operand -> {
        out.putByte(VALUE);
        out.putByte(operand.weights());
        out.putByte(operand.prefix() ? 1 : 0);
        putText(operand.word(), out);
      }
      case Not(var child) -> {
        out.putByte(OPERATOR);
        out.putByte(NOT);
        write(child, out);
      }
      case Binary binary -> {
        out.putByte(OPERATOR);
        switch (binary.operator()) {
          case AND -> out.putByte(AND);
          case OR -> out.putByte(OR);
          case PHRASE -> {
            out.putByte(PHRASE);
            out.putShort(binary.distance());
          }
        }
        write(binary.right(), out);
        write(binary.left(), out);
      }
    }
  }

  static TextQuery readQuery(ByteBuffer in) {
    int count = in.getInt();
    if (count < 0) {
      throw invalid("invalid size of tsquery");
    }
    TextQuery query = count == 0 ? TextQuery.EMPTY : TextQuery.of(readNode(in, 0));
    if (query.nodeCount() != count) {
      throw invalid("malformed tsquery: extra nodes");
    }
    return query;
  }

  private static Node readNode(ByteBuffer in, int depth) {
    if (depth > DEPTH_MAX) {
      throw new QuiverException(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded");
    }
    int kind = in.get();
    if (kind == VALUE) {
      int weights = in.get();
      boolean prefix = in.get() != 0;
      String word = text(in);
      if (weights < 0 || weights > 15) {
        throw invalid("invalid tsquery: invalid weight bitmap");
      }
      return new Operand(word, prefix, weights);
    }
    if (kind != OPERATOR) {
      throw invalid("unrecognized tsquery node type: " + kind);
    }
    int operator = in.get();
    if (operator == NOT) {
      return new Not(readNode(in, depth + 1));
    }
    Operator symbol =
        switch (operator) {
          case AND -> Operator.AND;
          case OR -> Operator.OR;
          case PHRASE -> Operator.PHRASE;
          default -> throw invalid("invalid tsquery: unrecognized operator type " + operator);
        };
    int distance = operator == PHRASE ? Short.toUnsignedInt(in.getShort()) : 0;
    Node right = readNode(in, depth + 1);
    return new Binary(symbol, readNode(in, depth + 1), right, distance);
  }

  private static void putText(String text, BinarySink out) {
    out.putBytes(text.getBytes(StandardCharsets.UTF_8));
    out.putByte(0);
  }

  private static String text(ByteBuffer in) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int b = in.get(); b != 0; b = in.get()) {
      bytes.write(b);
    }
    return Utf8.decode(bytes.toByteArray());
  }

  private static QuiverException invalid(String message) {
    return QuiverException.ofMessage(SqlState.INVALID_BINARY_REPRESENTATION, message);
  }
}
