package quiver.execution.function;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.ByteaText;
import quiver.common.format.Utf8;
import quiver.common.value.BitString;
import quiver.common.value.Bytes;

/// Functions over `bytea` and bit strings, hashes and encodings.
final class ByteFunctions {
  private static final int BASE64_LINE_LENGTH = 76;

  private ByteFunctions() {}

  static void addTo(FunctionTable table) {
    bytes(table);
    digests(table);
    bits(table);
  }

  private static QuiverException indexOutOfRange(long index, long last) {
    return new QuiverException(
        SqlState.ARRAY_SUBSCRIPT_ERROR, "index %d out of valid range, 0..%d", index, last);
  }

  private static void bytes(FunctionTable table) {
    ScalarFunction from =
        (_, a) -> substring(Arguments.bytes(a, 0), Arguments.int4(a, 1), Integer.MAX_VALUE);
    ScalarFunction fromFor =
        (_, a) -> {
          if (Arguments.int4(a, 2) < 0) {
            throw StringFunctions.negativeSubstringLength();
          }
          return substring(Arguments.bytes(a, 0), Arguments.int4(a, 1), Arguments.int4(a, 2));
        };
    table
        .one("substr(bytea,int4)", from)
        .one("substring(bytea,int4)", from)
        .one("substr(bytea,int4,int4)", fromFor)
        .one("substring(bytea,int4,int4)", fromFor)
        .one(
            "byteacat(bytea,bytea)", (_, a) -> concat(Arguments.bytes(a, 0), Arguments.bytes(a, 1)))
        .one(
            "position(bytea,bytea)",
            (_, a) -> position(Arguments.bytes(a, 0), Arguments.bytes(a, 1)))
        .one(
            "overlay(bytea,bytea,int4,int4)",
            (_, a) ->
                overlay(
                    Arguments.bytes(a, 0),
                    Arguments.bytes(a, 1),
                    Arguments.int4(a, 2),
                    Arguments.int4(a, 3)))
        .one(
            "overlay(bytea,bytea,int4)",
            (_, a) ->
                overlay(
                    Arguments.bytes(a, 0),
                    Arguments.bytes(a, 1),
                    Arguments.int4(a, 2),
                    Arguments.bytes(a, 1).length()))
        .one(
            "btrim(bytea,bytea)",
            (_, a) -> trim(Arguments.bytes(a, 0), Arguments.bytes(a, 1), true, true))
        .one(
            "ltrim(bytea,bytea)",
            (_, a) -> trim(Arguments.bytes(a, 0), Arguments.bytes(a, 1), true, false))
        .one(
            "rtrim(bytea,bytea)",
            (_, a) -> trim(Arguments.bytes(a, 0), Arguments.bytes(a, 1), false, true))
        .all(
            "get_byte",
            (_, a) -> {
              Bytes value = Arguments.bytes(a, 0);
              int index = Arguments.int4(a, 1);
              if (index < 0 || index >= value.length()) {
                throw indexOutOfRange(index, value.length() - 1L);
              }
              return (long) (value.at(index) & 0xff);
            })
        .all(
            "set_byte",
            (_, a) -> {
              byte[] copy = Arguments.bytes(a, 0).array().clone();
              int index = Arguments.int4(a, 1);
              if (index < 0 || index >= copy.length) {
                throw indexOutOfRange(index, copy.length - 1L);
              }
              copy[index] = (byte) Arguments.int4(a, 2);
              return Bytes.of(copy);
            })
        .all("encode", (_, a) -> encode(Arguments.bytes(a, 0), Arguments.text(a, 1)))
        .all("decode", (_, a) -> decode(Arguments.text(a, 0), Arguments.text(a, 1)));
  }

  private static Bytes substring(Bytes value, int start, int count) {
    long end = Math.min((long) start + count, value.length() + 1L);
    int first = Math.max(start, 1);
    return end <= first ? Bytes.EMPTY : Bytes.copyOf(value.array(), first - 1, (int) (end - first));
  }

  private static Bytes concat(Bytes left, Bytes right) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream(left.length() + right.length());
    joined.writeBytes(left.array());
    joined.writeBytes(right.array());
    return Bytes.of(joined.toByteArray());
  }

  private static Bytes overlay(Bytes value, Bytes replacement, int start, int count) {
    if (start <= 0) {
      throw StringFunctions.negativeSubstringLength();
    }
    return concat(
        concat(substring(value, 1, start - 1), replacement),
        substring(value, Math.addExact(start, count), Integer.MAX_VALUE));
  }

  private static Long position(Bytes value, Bytes part) {
    String text = new String(value.array(), StandardCharsets.ISO_8859_1);
    return text.indexOf(new String(part.array(), StandardCharsets.ISO_8859_1)) + 1L;
  }

  private static Bytes trim(Bytes value, Bytes set, boolean left, boolean right) {
    String characters = new String(set.array(), StandardCharsets.ISO_8859_1);
    String text = new String(value.array(), StandardCharsets.ISO_8859_1);
    return Bytes.of(
        StringFunctions.trim(text, characters, left, right).getBytes(StandardCharsets.ISO_8859_1));
  }

  private static QuiverException unknownEncoding(String encoding) {
    return new QuiverException(
        SqlState.INVALID_PARAMETER_VALUE, "unrecognized encoding: \"%s\"", encoding);
  }

  private static String encode(Bytes value, String encoding) {
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "hex" -> HexFormat.of().formatHex(value.array());
      case "escape" -> escape(value);
      case "base64" ->
          Base64.getMimeEncoder(BASE64_LINE_LENGTH, new byte[] {'\n'})
              .encodeToString(value.array());
      default -> throw unknownEncoding(encoding);
    };
  }

  /// Only NUL, bytes above 127 and the backslash are escaped.
  private static String escape(Bytes value) {
    StringBuilder text = new StringBuilder(value.length());
    for (byte b : value.array()) {
      if (b == '\\') {
        text.append("\\\\");
      } else if (b <= 0) {
        text.append(String.format(Locale.ROOT, "\\%03o", b & 0xff));
      } else {
        text.append((char) b);
      }
    }
    return text.toString();
  }

  private static Bytes decode(String text, String encoding) {
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "hex" -> ByteaText.parseHex(text);
      case "escape" -> ByteaText.parseEscape(text);
      case "base64" -> decodeBase64(text);
      default -> throw unknownEncoding(encoding);
    };
  }

  private static Bytes decodeBase64(String text) {
    String digits = text.replaceAll("[ \t\n\r]", "");
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c >= 0x80 || (!Character.isLetterOrDigit(c) && c != '+' && c != '/' && c != '=')) {
        throw new QuiverException(
            SqlState.INVALID_PARAMETER_VALUE,
            "invalid symbol \"%s\" found while decoding base64 sequence",
            c);
      }
    }
    try {
      if (digits.length() % 4 != 0) {
        throw new IllegalArgumentException("length " + digits.length());
      }
      return Bytes.of(Base64.getDecoder().decode(digits));
    } catch (IllegalArgumentException e) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "invalid base64 end sequence")
          .withHint("Input data is missing padding, is truncated, or is otherwise corrupted.")
          .withCause(e);
    }
  }

  private static void digests(FunctionTable table) {
    table
        .one("md5(text)", (_, a) -> hex("MD5", Utf8.encode(Arguments.text(a, 0))))
        .one("md5(bytea)", (_, a) -> hex("MD5", Arguments.bytes(a, 0).array()))
        .all("sha224", (_, a) -> digest("SHA-224", Arguments.bytes(a, 0)))
        .all("sha256", (_, a) -> digest("SHA-256", Arguments.bytes(a, 0)))
        .all("sha384", (_, a) -> digest("SHA-384", Arguments.bytes(a, 0)))
        .all("sha512", (_, a) -> digest("SHA-512", Arguments.bytes(a, 0)));
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new QuiverException(SqlState.INTERNAL_ERROR, "hash algorithm %s is missing", algorithm)
          .withCause(e);
    }
  }

  private static Bytes digest(String algorithm, Bytes bytes) {
    return Bytes.of(digest(algorithm, bytes.array()));
  }

  private static String hex(String algorithm, byte[] bytes) {
    return HexFormat.of().formatHex(digest(algorithm, bytes));
  }

  // ---- bits

  private interface BitOperation {
    int apply(int left, int right);
  }

  private static ScalarFunction bitwise(String name, BitOperation operation) {
    return (_, a) -> {
      BitString left = Arguments.bits(a, 0);
      BitString right = Arguments.bits(a, 1);
      if (left.length() != right.length()) {
        throw new QuiverException(
            SqlState.STRING_DATA_LENGTH_MISMATCH, "cannot %s bit strings of different sizes", name);
      }
      byte[] result = new byte[left.bytes().length];
      for (int i = 0; i < result.length; i++) {
        result[i] = (byte) operation.apply(left.bytes()[i], right.bytes()[i]);
      }
      return BitString.of(left.length(), result);
    };
  }

  private static void bits(FunctionTable table) {
    table
        .all("bitand", bitwise("AND", (a, b) -> a & b))
        .all("bitor", bitwise("OR", (a, b) -> a | b))
        .all("bitxor", bitwise("XOR", (a, b) -> a ^ b))
        .all(
            "bitnot",
            (_, a) -> {
              byte[] inverted = Arguments.bits(a, 0).bytes().clone();
              for (int i = 0; i < inverted.length; i++) {
                inverted[i] = (byte) ~inverted[i];
              }
              return BitString.of(Arguments.bits(a, 0).length(), inverted);
            })
        .all("bitcat", (_, a) -> Arguments.bits(a, 0).concat(Arguments.bits(a, 1)))
        .all("bitshiftleft", (_, a) -> shift(Arguments.bits(a, 0), Arguments.integer(a, 1)))
        .all("bitshiftright", (_, a) -> shift(Arguments.bits(a, 0), -Arguments.integer(a, 1)))
        .one(
            "substring(bit,int4)",
            (_, a) -> substring(Arguments.bits(a, 0), Arguments.int4(a, 1), Integer.MAX_VALUE))
        .one(
            "substring(bit,int4,int4)",
            (_, a) -> {
              if (Arguments.int4(a, 2) < 0) {
                throw StringFunctions.negativeSubstringLength();
              }
              return substring(Arguments.bits(a, 0), Arguments.int4(a, 1), Arguments.int4(a, 2));
            })
        .one(
            "position(bit,bit)",
            (_, a) ->
                Arguments.bits(a, 1).length() == 0 && Arguments.bits(a, 0).length() == 0
                    ? 0L
                    : Arguments.bits(a, 0).toString().indexOf(Arguments.bits(a, 1).toString()) + 1L)
        .one(
            "overlay(bit,bit,int4,int4)",
            (_, a) ->
                overlay(
                    Arguments.bits(a, 0),
                    Arguments.bits(a, 1),
                    Arguments.int4(a, 2),
                    Arguments.int4(a, 3)))
        .one(
            "overlay(bit,bit,int4)",
            (_, a) ->
                overlay(
                    Arguments.bits(a, 0),
                    Arguments.bits(a, 1),
                    Arguments.int4(a, 2),
                    Arguments.bits(a, 1).length()))
        .one("bit_count(bit)", (_, a) -> count(Arguments.bits(a, 0).bytes()))
        .one("bit_count(bytea)", (_, a) -> count(Arguments.bytes(a, 0).array()))
        .one(
            "get_bit(bit,int4)",
            (_, a) -> {
              BitString value = Arguments.bits(a, 0);
              checkBit(Arguments.integer(a, 1), value.length(), true);
              return value.bit(Arguments.int4(a, 1)) ? 1L : 0L;
            })
        .one(
            "set_bit(bit,int4,int4)",
            (_, a) -> {
              BitString value = Arguments.bits(a, 0);
              checkBit(Arguments.integer(a, 1), value.length(), true);
              int index = Arguments.int4(a, 1);
              byte[] copy = value.bytes().clone();
              setBit(copy, index >>> 3, 0x80 >>> (index & 7), Arguments.int4(a, 2));
              return BitString.of(value.length(), copy);
            })
        .one(
            "get_bit(bytea,int8)",
            (_, a) -> {
              Bytes value = Arguments.bytes(a, 0);
              long index = Arguments.integer(a, 1);
              checkBit(index, value.length() * 8L, false);
              return (long) (value.at((int) (index >>> 3)) >>> (index & 7) & 1);
            })
        .one(
            "set_bit(bytea,int8,int4)",
            (_, a) -> {
              byte[] copy = Arguments.bytes(a, 0).array().clone();
              long index = Arguments.integer(a, 1);
              checkBit(index, copy.length * 8L, false);
              setBit(copy, (int) (index >>> 3), 1 << (index & 7), Arguments.int4(a, 2));
              return Bytes.of(copy);
            });
  }

  private static void setBit(byte[] bytes, int index, int mask, int bit) {
    if (bit != 0 && bit != 1) {
      throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "new bit must be 0 or 1");
    }
    bytes[index] = (byte) (bit == 1 ? bytes[index] | mask : bytes[index] & ~mask);
  }

  private static void checkBit(long index, long length, boolean bitString) {
    if (index < 0 || index >= length) {
      throw bitString
          ? new QuiverException(
              SqlState.ARRAY_SUBSCRIPT_ERROR,
              "bit index %d out of valid range (0..%d)",
              index,
              length - 1)
          : indexOutOfRange(index, length - 1);
    }
  }

  private static Long count(byte[] bytes) {
    long count = 0;
    for (byte b : bytes) {
      count += Integer.bitCount(b & 0xff);
    }
    return count;
  }

  private static BitString substring(BitString value, int start, int count) {
    long end = Math.min((long) start + count, value.length() + 1L);
    int first = Math.max(start, 1);
    return end <= first ? BitString.zeros(0) : value.substring(first - 1, (int) (end - first));
  }

  private static BitString overlay(BitString value, BitString part, int start, int count) {
    if (start <= 0) {
      throw StringFunctions.negativeSubstringLength();
    }
    return substring(value, 1, start - 1)
        .concat(part)
        .concat(substring(value, Math.addExact(start, count), Integer.MAX_VALUE));
  }

  /// Towards the first bit when `by` is positive; the length stays.
  private static BitString shift(BitString value, long by) {
    int length = value.length();
    if (by >= length || by <= -length) {
      return BitString.zeros(length);
    }
    int distance = (int) by;
    return distance >= 0
        ? value.substring(distance, length - distance).resized(length)
        : BitString.zeros(-distance).concat(value.substring(0, length + distance));
  }
}
