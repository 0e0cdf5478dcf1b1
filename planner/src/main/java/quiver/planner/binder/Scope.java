package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.OutputColumn;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// The names one query level can use, with the levels around it.
final class Scope {
  private final int id;
  private final @Nullable Scope parent;
  private final List<Namespace> namespaces;
  private final List<Namespace.Column> columns;
  private final Rex rex;

  /// @param parent the enclosing query's scope, null at the top
  Scope(int id, @Nullable Scope parent, FromResult from, Rex rex) {
    this(id, parent, from.namespaces(), from.columns(), rex);
  }

  Scope(
      int id,
      @Nullable Scope parent,
      List<Namespace> namespaces,
      List<Namespace.Column> columns,
      Rex rex) {
    this.id = id;
    this.parent = parent;
    this.namespaces = List.copyOf(namespaces);
    this.columns = List.copyOf(columns);
    this.rex = rex;
  }

  /// Names what [Form.Outer] of this scope's row carries.
  int id() {
    return id;
  }

  @Nullable Scope parent() {
    return parent;
  }

  List<Namespace> namespaces() {
    return namespaces;
  }

  List<Namespace.Column> columns() {
    return columns;
  }

  /// A resolved name: an expression over this scope's row, in which columns of enclosing levels are
  /// [Form.Outer].
  ///
  /// @param fields of a record whose fields are known
  record Resolved(
      RexNode expression, Namespace.Origin origin, String name, List<OutputColumn> fields) {}

  /// The column an unqualified name means; null when there is none.
  @Nullable Resolved column(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Namespace.Column found = scope.ownColumn(name);
      if (found != null) {
        return resolved(scope, found);
      }
    }
    return null;
  }

  private Namespace.@Nullable Column ownColumn(String name) {
    Namespace.Column found = null;
    for (Namespace.Column column : columns) {
      if (column.name().equals(name) && !column.hidden()) {
        if (found != null) {
          throw ambiguous(name);
        }
        found = column;
      }
    }
    if (found != null) {
      return found;
    }
    for (Namespace.Column column : columns) {
      if (column.name().equals(name)) {
        if (found != null) {
          throw ambiguous(name);
        }
        found = column;
      }
    }
    return found;
  }

  private static QuiverException ambiguous(String name) {
    return new QuiverException(
        SqlState.AMBIGUOUS_COLUMN, "column reference \"%s\" is ambiguous", name);
  }

  /// The entry an alias or relation name means, in this or the nearest enclosing level; null when
  /// there is none.
  @Nullable Found namespace(@Nullable String schema, String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Namespace found = null;
      for (Namespace namespace : scope.namespaces) {
        if (namespace.name().equals(name)
            && (schema == null || schema.equals(namespace.schema()))) {
          if (found != null) {
            throw new QuiverException(
                SqlState.DUPLICATE_ALIAS, "table reference \"%s\" is ambiguous", name);
          }
          found = namespace;
        }
      }
      if (found != null) {
        return new Found(scope, found);
      }
    }
    return null;
  }

  /// An entry and the level it was found in.
  record Found(Scope scope, Namespace namespace) {}

  /// The column `name` of an entry; null when it has none.
  @Nullable Resolved columnOf(Found found, String name) {
    Namespace.Column match = null;
    for (Namespace.Column column : found.namespace().columns()) {
      if (column.name().equals(name)) {
        if (match != null) {
          throw ambiguous(name);
        }
        match = column;
      }
    }
    return match == null ? null : resolved(found.scope(), match);
  }

  /// A column of `scope` as an expression of this scope.
  Resolved resolved(Scope scope, Namespace.Column column) {
    return new Resolved(
        expression(scope, column.expression()), column.origin(), column.name(), column.fields());
  }

  /// An expression over the row of a scope that is this one or around it.
  RexNode expression(Scope scope, RexNode expression) {
    return scope == this ? copy(expression) : outward(expression, scope.id);
  }

  // Each use of a column is a node of its own, so that positions can be kept by identity.
  private static RexNode copy(RexNode expression) {
    return expression instanceof RexInputRef reference
        ? new RexInputRef(reference.getIndex(), reference.getType())
        : expression;
  }

  private RexNode outward(RexNode expression, int scopeId) {
    return expression.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            return rex.make(
                new Form.Outer(scopeId, reference.getIndex()), Rex.type(reference), List.of());
          }
        });
  }

  /// The error for a qualified name whose first part is unknown.
  QuiverException missingEntry(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      for (Namespace namespace : scope.namespaces) {
        if (name.equals(namespace.relation())) {
          return new QuiverException(
                  SqlState.UNDEFINED_TABLE,
                  "invalid reference to FROM-clause entry for table \"%s\"",
                  name)
              .withHint(
                  String.format(
                      Locale.ROOT,
                      "Perhaps you meant to reference the table alias \"%s\".",
                      namespace.name()));
        }
      }
    }
    return new QuiverException(
        SqlState.UNDEFINED_TABLE, "missing FROM-clause entry for table \"%s\"", name);
  }

  /// The error for an unqualified name that no level knows, with PostgreSQL's suggestion when
  /// exactly one similar name is near.
  QuiverException missingColumn(String name) {
    namespaces.forEach(namespace -> namespace.refuseHidden(name));
    QuiverException error =
        new QuiverException(SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", name);
    List<String> nearest = new ArrayList<>();
    int best = Math.max(1, Math.min(3, name.length() / 2)) + 1;
    for (Scope scope = this; scope != null; scope = scope.parent) {
      for (Namespace namespace : scope.namespaces) {
        for (Namespace.Column column : namespace.columns()) {
          int distance = column.hidden() ? best + 1 : Spelling.distance(name, column.name());
          if (distance < best) {
            best = distance;
            nearest.clear();
          }
          if (distance == best && distance <= Math.min(3, name.length() / 2)) {
            nearest.add(namespace.name() + "." + column.name());
          }
        }
      }
    }
    return switch (nearest.size()) {
      case 1 ->
          error.withHint(
              "Perhaps you meant to reference the column \"" + nearest.getFirst() + "\".");
      case 2 ->
          error.withHint(
              "Perhaps you meant to reference the column \""
                  + nearest.get(0)
                  + "\" or the column \""
                  + nearest.get(1)
                  + "\".");
      default -> error;
    };
  }
}
