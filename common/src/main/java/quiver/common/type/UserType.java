package quiver.common.type;

import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.text.Identifiers;

/// What DDL has made of a base type: an enum of [BaseType#ENUM], a composite type of
/// [BaseType#RECORD], a domain of any type. A type is the same as another of its id, whatever it
/// was called or could hold when it was read.
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

  /// A composite type, or the row type of a table or view. Stored definitions refer to it by its
  /// OIDs alone; the catalog knows the rest.
  ///
  /// @param oid `pg_type.oid`
  /// @param arrayOid that of its array type
  record OfComposite(int oid, int arrayOid, String schema, String name, List<CompositeField> fields)
      implements UserType {
    public OfComposite {
      fields = List.copyOf(fields);
    }

    /// Which field has a name, -1 if there is none.
    public int indexOf(String field) {
      for (int i = 0; i < fields.size(); i++) {
        if (fields.get(i).name().equals(field)) {
          return i;
        }
      }
      return -1;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof OfComposite that && that.oid == oid;
    }

    @Override
    public int hashCode() {
      return oid;
    }
  }

  /// `pg_type.oid` of the definition this comes from, 0 of a built-in type.
  default int definitionOid() {
    return switch (this) {
      case None _ -> 0;
      case OfEnum type -> type.oid();
      case OfComposite type -> type.oid();
      case OfDomain domain -> domain.oid();
    };
  }

  /// Schema and name of the definition; empty of a built-in type.
  default List<String> path() {
    return switch (this) {
      case None _ -> List.of();
      case OfEnum type -> List.of(type.schema(), type.name());
      case OfComposite type -> List.of(type.schema(), type.name());
      case OfDomain domain -> List.of(domain.schema(), domain.name());
    };
  }

  /// What is below all domains.
  default UserType withoutDomains() {
    return this instanceof OfDomain domain ? domain.below().withoutDomains() : this;
  }

  /// The enum this is, or is a domain over.
  default Optional<OfEnum> enumType() {
    return withoutDomains() instanceof OfEnum type ? Optional.of(type) : Optional.empty();
  }

  /// The composite type this is, or is a domain over.
  default Optional<OfComposite> compositeType() {
    return withoutDomains() instanceof OfComposite type ? Optional.of(type) : Optional.empty();
  }
}
