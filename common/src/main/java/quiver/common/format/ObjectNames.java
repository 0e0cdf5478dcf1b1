package quiver.common.format;

import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;

/// Names of catalog objects, for the text forms of `regclass`, `regtype`, `regproc` and the like.
public interface ObjectNames {
  /// The text form of an OID of one of the `reg…` types; empty when no such object exists.
  Optional<String> nameOf(BaseType regType, long oid);

  /// The OID of the object a name stands for.
  ///
  /// @throws QuiverException in PostgreSQL's words when there is none, for example `42P01`
  long oidOf(BaseType regType, String name);

  /// Knows the built-in types and nothing else.
  ObjectNames TYPES_ONLY =
      new ObjectNames() {
        @Override
        public Optional<String> nameOf(BaseType regType, long oid) {
          return regType == BaseType.REGTYPE
              ? SqlType.byOid((int) oid).map(SqlType::sqlName)
              : Optional.empty();
        }

        @Override
        public long oidOf(BaseType regType, String name) {
          if (regType != BaseType.REGTYPE) {
            throw new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "%s names cannot be looked up without a catalog",
                regType.typeName());
          }
          String bare = name.endsWith("[]") ? name.substring(0, name.length() - 2) : name;
          SqlType type =
              TypeNames.resolve(
                  Optional.empty(), bare, List.of(), bare.length() == name.length() ? 0 : 1);
          return Integer.toUnsignedLong(type.oid());
        }
      };
}
