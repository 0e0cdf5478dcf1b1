package quiver.common.type;

import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.text.Identifiers;

/// What DDL has made of a base type: an enum of [BaseType#ENUM], a domain of any type. A type is
/// the same as another of its id, whatever it was called or could hold when it was read.
public sealed interface UserType {
  /// Nothing: a built-in type. An enum, so that there is one of it, also after a message.
  enum None implements UserType {
    NONE
  }

  /// An enum. Stored definitions refer to it by its OIDs alone; the catalog knows the rest.
  ///
  /// @param oid `pg_type.oid`
  /// @param arrayOid that of its array type
  /// @param labels by their order
  record OfEnum(int oid, int arrayOid, String schema, String name, List<EnumLabel> labels)
      implements UserType {
    public OfEnum {
      labels = List.copyOf(labels);
    }

    /// The value a label stands for.
    ///
    /// @throws QuiverException `22P02` if the enum has no such label
    public long valueOf(String text) {
      for (EnumLabel label : labels) {
        if (label.text().equals(text)) {
          return label.order();
        }
      }
      throw new QuiverException(
          SqlState.INVALID_TEXT_REPRESENTATION,
          "invalid input value for enum %s: \"%s\"",
          Identifiers.quoted(name),
          text);
    }

    /// The label of a value.
    ///
    /// @throws QuiverException `40001` if it is newer than this definition
    public String textOf(long value) {
      int low = 0;
      int high = labels.size() - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        long order = labels.get(middle).order();
        if (order == value) {
          return labels.get(middle).text();
        }
        if (order < value) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      throw new QuiverException(
          SqlState.SERIALIZATION_FAILURE,
          "enum %s has got a value since the statement began",
          Identifiers.quoted(name));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof OfEnum that && that.oid == oid;
    }

    @Override
    public int hashCode() {
      return oid;
    }
  }

  /// A domain. Its constraints are in the catalog: values are checked where they become values of
  /// the domain, and are then values of the type below.
  ///
  /// @param oid `pg_type.oid`
  /// @param arrayOid that of its array type
  /// @param below an enum, if the domain is over one
  record OfDomain(int oid, int arrayOid, String schema, String name, UserType below)
      implements UserType {
    @Override
    public boolean equals(Object other) {
      return other instanceof OfDomain that && that.oid == oid;
    }

    @Override
    public int hashCode() {
      return oid;
    }
  }

  /// The enum this is, or is a domain over.
  default Optional<OfEnum> enumType() {
    return switch (this) {
      case None _ -> Optional.empty();
      case OfEnum type -> Optional.of(type);
      case OfDomain domain -> domain.below().enumType();
    };
  }
}
