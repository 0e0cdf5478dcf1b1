package quiver.planner.binder;

import java.util.Map;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// What pgvector checks when it begins to build an index.
final class VectorKeys {
  private VectorKeys() {}

  /// @param limits whether pgvector's limits hold
  static void check(
      IndexMethod method,
      IndexKey key,
      boolean limits,
      TableDefinition table,
      Map<String, String> options) {
    SqlType type = key.type(table);
    if (type.modifier() == SqlType.NO_MODIFIER) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "column does not have dimensions");
    }
    int max = dimensionMax(type.base());
    if (limits && type.modifier() > max) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "column cannot have more than %d dimensions for %s index",
          max,
          method.sqlName());
    }
    boolean spherical =
        key.operatorClass().endsWith("_ip_ops") || key.operatorClass().endsWith("_cosine_ops");
    if (method == IndexMethod.IVFFLAT && spherical && type.modifier() == 1) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "dimensions must be greater than one for this opclass");
    }
    checkQuantization(type.base(), key.operatorClass(), options);
    if (method == IndexMethod.HNSW) {
      checkGraph(options);
    }
  }

  /// pgvector's limit on indexed dimensions.
  private static int dimensionMax(BaseType type) {
    return switch (type) {
      case VECTOR -> 2_000;
      case HALFVEC -> 4_000;
      case BIT -> 64_000;
      default -> Integer.MAX_VALUE;
    };
  }

  /// Codes stand for float32 vectors, and only for the metrics made of inner products.
  private static void checkQuantization(
      BaseType type, String operatorClass, Map<String, String> options) {
    String quantization = options.getOrDefault("quantization", "auto");
    if (quantization.equals("int8")) {
      throw DefinitionBinder.unsupported("quantization = int8 is");
    }
    if (quantization.equals("rabitq")
        && (type != BaseType.VECTOR || operatorClass.endsWith("_l1_ops"))) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "quantization = rabitq is not supported for operator class \"%s\"",
          operatorClass);
    }
    if (Integer.parseInt(options.getOrDefault("degree", "32")) % 32 != 0) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "value %s out of bounds for option \"degree\"",
              options.get("degree"))
          .withDetail("Valid values are 32, 64, 96 and 128.");
    }
  }

  /// The options of a graph must fit together.
  static void checkGraph(Map<String, String> options) {
    int connections = Integer.parseInt(options.getOrDefault("m", "16"));
    int candidates = Integer.parseInt(options.getOrDefault("ef_construction", "64"));
    if (candidates < 2 * connections) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "ef_construction must be greater than or equal to 2 * m");
    }
  }
}
