package quiver.jdbc;

import java.sql.SQLType;
import java.sql.Types;

/// The types that `setObject` and `setNull` can be told and that JDBC has no names for.
///
/// ```java
/// statement.setObject(1, new float[] {1, 2, 3}, QuiverTypes.VECTOR);
/// statement.setObject(2, List.of(0.5, 1.5), QuiverTypes.HALFVEC);
/// ```
public enum QuiverTypes implements SQLType {
  /// `vector(n)`: `float[]`, `double[]`, a list of numbers, or its text.
  VECTOR("vector"),
  /// `halfvec(n)`: a `HalfVector`, or what a `vector` is made of.
  HALFVEC("halfvec"),
  /// `sparsevec(n)`: a `SparseVector`, or what a `vector` is made of.
  SPARSEVEC("sparsevec"),
  /// `bit(n)`: a `BitVector`, `boolean[]`, or its text.
  BIT("bit");

  private final String typeName;

  QuiverTypes(String typeName) {
    this.typeName = typeName;
  }

  /// The type's name on the server.
  @Override
  public String getName() {
    return typeName;
  }

  @Override
  public String getVendor() {
    return "io.quiver";
  }

  /// As in pgjdbc, types of the server that JDBC does not know are [Types#OTHER].
  @Override
  public Integer getVendorTypeNumber() {
    return Types.OTHER;
  }
}
