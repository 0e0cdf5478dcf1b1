package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogObject;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.CastMethod;
import quiver.common.function.Coercion;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.CompositeField;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// Conversions between types, and what becomes of literals and parameters whose type is not known
/// until a context demands one.
final class Coercions {
  private final Binding binding;

  Coercions(Binding binding) {
    this.binding = binding;
  }

  static boolean isUnknown(SqlType type) {
    return type.base() == BaseType.UNKNOWN && !type.array();
  }

  static boolean isUnknown(RexNode node) {
    return isUnknown(Rex.type(node));
  }

  /// The node as a value of `target`, which is reachable in `context`.
  ///
  /// @throws QuiverException `42846` when there is no way; `22P02` and the like for a bad literal
  RexNode coerce(RexNode node, SqlType target, CastContext context) {
    SqlType source = Rex.type(node);
    if (isAnything(target)) {
      return node;
    }
    if (source.equals(target) || source.withoutModifier().equals(target)) {
      return node;
    }
    if (target.isDomain()) {
      return new Domains(binding).checked(coerce(node, target.withoutDomain(), context), target);
    }
    requireReadable(node, target);
    if (isUnknown(source)) {
      return fromUnknown(node, target, context);
    }
    if (source.sameTypeAs(target)) {
      return target.modifier() == SqlType.NO_MODIFIER
          ? node
          : binding.rex().cast(node, target, context);
    }
    Optional<RexNode> row = rowAs(node, target, context);
    if (row.isPresent()) {
      return row.get();
    }
    binding.resolver().requireCoercion(source, target, context);
    Form.Constant constant = Rex.constantOf(node);
    if (constant != null && constant.value() == null) {
      return binding.rex().constant(null, target);
    }
    return binding.rex().cast(node, target, context);
  }

  /// As [#coerce]; empty when there is no way in this context.
  Optional<RexNode> tryCoerce(RexNode node, SqlType target, CastContext context) {
    SqlType source = Rex.type(node);
    boolean possible =
        isAnything(target)
            || isUnknown(source)
            || binding.resolver().coercion(source, target, context).isPresent()
            || isRow(node, target);
    return possible ? Optional.of(coerce(node, target, context)) : Optional.empty();
  }

  /// The text of a row type says nothing of what the domains of its columns demand.
  private static void requireReadable(RexNode node, SqlType target) {
    boolean isRead =
        target.user().compositeType().isPresent()
            && Rex.type(node).user().compositeType().isEmpty()
            && !isRow(node, target)
            && !isNullConstant(node);
    if (isRead && hasDomain(target)) {
      throw DefinitionBinder.unsupported(
          "reading a value of type " + target.sqlName() + ", which has a column of a domain, is");
    }
  }

  private static boolean hasDomain(SqlType type) {
    return type.user().compositeType().stream()
        .flatMap(composite -> composite.fields().stream())
        .anyMatch(field -> field.type().isDomain() || hasDomain(field.type()));
  }

  /// Whether a row is to become a composite type, field by field.
  private static boolean isRow(RexNode node, SqlType target) {
    return Rex.form(node) instanceof Form.RowOf
        && Rex.type(node).sameTypeAs(SqlType.of(BaseType.RECORD))
        && target.isComposite();
  }

  private Optional<RexNode> rowAs(RexNode node, SqlType target, CastContext context) {
    if (!isRow(node, target)) {
      return Optional.empty();
    }
    List<CompositeField> fields = target.user().compositeType().orElseThrow().fields();
    List<RexNode> values = binding.fieldsOf(node);
    if (values.size() != fields.size()) {
      throw cannotCast(node, target)
          .withDetail(
              values.size() < fields.size()
                  ? "Input has too few columns."
                  : "Input has too many columns.");
    }
    List<RexNode> converted = new ArrayList<>(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      CompositeField field = fields.get(i);
      int number = i + 1;
      RexNode value = values.get(i);
      converted.add(
          tryCoerce(value, field.type(), context)
              .orElseThrow(() ->
                  cannotCast(node, target)
                      .withDetail(
                          "Cannot cast type "
                              + Rex.type(value).sqlName()
                              + " to "
                              + field.type().sqlName()
                              + " in column "
                              + number
                              + ".")));
    }
    List<String> names = fields.stream().map(CompositeField::name).toList();
    return Optional.of(
        binding.rex().make(new Form.RowOf(names), target.withoutDomain(), converted));
  }

  private static QuiverException cannotCast(RexNode node, SqlType target) {
    return new QuiverException(
        SqlState.CANNOT_COERCE,
        "cannot cast type %s to %s",
        Rex.type(node).sqlName(),
        target.sqlName());
  }

  private static boolean isAnything(SqlType target) {
    return target.base() == BaseType.ANY || isUnknown(target);
  }

  private RexNode fromUnknown(RexNode node, SqlType target, CastContext context) {
    try {
      return fromUnknown(node, target, target.withoutModifier(), context);
    } catch (QuiverException e) {
      throw e.position() == 0 ? e.at(binding.positionOf(node)) : e;
    }
  }

  private RexNode fromUnknown(RexNode node, SqlType target, SqlType plain, CastContext context) {
    RexNode typed =
        switch (Rex.form(node)) {
          case Form.Parameter(int index) -> binding.parameters().demand(index, plain);
          case Form.Constant(var value, _) ->
              // An interval's fields say what a bare number means.
              literal((String) value, target.base() == BaseType.INTERVAL ? target : plain, plain);
          case null, default -> binding.rex().cast(node, plain, CastContext.EXPLICIT);
        };
    return target.modifier() == SqlType.NO_MODIFIER || isNullConstant(typed)
        ? typed
        : binding.rex().cast(typed, target, context);
  }

  static boolean isNullConstant(RexNode node) {
    Form.Constant constant = Rex.constantOf(node);
    return constant != null && constant.value() == null;
  }

  private RexNode literal(@Nullable String text, SqlType readAs, SqlType type) {
    if (text == null) {
      return binding.rex().constant(null, type);
    }
    Optional<Object> value = binding.literals().parse(text, readAs);
    if (value.isEmpty() && binding.isKept() && type.equals(SqlType.of(BaseType.REGCLASS))) {
      value =
          RelationLiteral.of(text)
              .flatMap(name -> name.findKept(binding.context().catalog()))
              .map(CatalogObject::id);
    }
    if (value.isEmpty()) {
      new RelationNames(binding.context()).requireObject(text, type);
    }
    return value.isPresent()
        ? binding.rex().constant(value.get(), type)
        : binding
            .rex()
            .cast(binding.rex().constant(text, SqlType.UNKNOWN), type, CastContext.EXPLICIT);
  }

  /// A value whose type is still unknown as text.
  RexNode known(RexNode node) {
    return isUnknown(node) ? coerce(node, SqlType.TEXT, CastContext.IMPLICIT) : node;
  }

  /// The nodes as values of their common type.
  ///
  /// @param construct for the error, for example `CASE`
  List<RexNode> toCommonType(List<RexNode> nodes, String construct) {
    SqlType common = commonType(nodes, construct);
    List<RexNode> converted = new ArrayList<>(nodes.size());
    for (RexNode node : nodes) {
      converted.add(coerce(node, common, CastContext.IMPLICIT));
    }
    return converted;
  }

  SqlType commonType(List<RexNode> nodes, String construct) {
    List<SqlType> types = nodes.stream().map(Rex::type).toList();
    try {
      return binding.resolver().commonType(types, construct);
    } catch (QuiverException e) {
      throw e.at(binding.positionOf(nodes.get(firstMisfit(types, construct))));
    }
  }

  /// The first of some types that have no common one that does not go with those before it.
  private int firstMisfit(List<SqlType> types, String construct) {
    for (int count = 1; count < types.size(); count++) {
      try {
        binding.resolver().commonType(types.subList(0, count), construct);
      } catch (QuiverException e) {
        if (e.state().kind() != SqlState.Kind.USER) {
          throw e;
        }
        return count - 1;
      }
    }
    return types.size() - 1;
  }

  /// A condition: bool, or an error that names the clause.
  RexNode condition(RexNode node, String clause) {
    return tryCoerce(node, SqlType.BOOL, CastContext.IMPLICIT)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.DATATYPE_MISMATCH,
                "argument of %s must be type %s, not type %s",
                clause,
                "boolean",
                Rex.type(node).sqlName()));
  }

  /// The value for a column in INSERT or UPDATE.
  RexNode assign(RexNode node, SqlType target, String column) {
    // What a domain demands is checked in the row.
    return tryCoerce(node, target.withoutDomain(), CastContext.ASSIGNMENT)
        .orElseThrow(() ->
            new QuiverException(
                    SqlState.DATATYPE_MISMATCH,
                    "column \"%s\" is of type %s but expression is of type %s",
                    column,
                    target.sqlName(),
                    Rex.type(node).sqlName())
                .withHint("You will need to rewrite or cast the expression."));
  }

  /// Whether values of `source` are values of `target` as they are.
  boolean isBinaryCompatible(SqlType source, SqlType target) {
    return source.sameTypeAs(target)
        || binding
            .resolver()
            .coercion(source, target, CastContext.EXPLICIT)
            .map(Coercion::method)
            .filter(method -> method == CastMethod.BINARY)
            .isPresent();
  }
}
