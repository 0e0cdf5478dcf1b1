package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import quiver.common.catalog.TypeLookup;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.context.PlanningContext;
import quiver.planner.parser.node.NumericConstant;
import quiver.planner.parser.node.TypeName;

/// Types as written.
final class TypeReferences {
  private static final int INTERVAL_FULL_PRECISION = 0xffff;

  private TypeReferences() {}

  /// @throws QuiverException `42704` unknown name, `22023` bad modifier, with position
  static SqlType resolve(PlanningContext context, TypeName type) {
    try {
      boolean isInterval =
          type.name().equals(BaseType.INTERVAL.typeName()) && !type.modifiers().isEmpty();
      return isInterval
          ? interval(type)
          : new TypeLookup(context.catalog(), context.searchPath())
              .resolve(
                  Optional.ofNullable(type.schema()),
                  type.schema() == null && type.name().equals("char") ? "\"char\"" : type.name(),
                  modifiers(type.modifiers()),
                  type.arrayDimensions());
    } catch (QuiverException e) {
      throw e.position() == 0 ? e.at(type.position()) : e;
    }
  }

  /// As [#resolve], for expressions that the catalog may have kept as text: it says a type of
  /// `public` without its schema, which the search path of the day need not have.
  static SqlType resolveStored(PlanningContext context, TypeName type) {
    TypeLookup lookup = new TypeLookup(context.catalog(), context.searchPath());
    boolean isElsewhere =
        type.schema() == null
            && lookup.user(Optional.empty(), type.name()).isEmpty()
            && lookup.user(Optional.of("public"), type.name()).isPresent();
    return resolve(
        context,
        isElsewhere
            ? new TypeName(
                "public", type.name(), type.modifiers(), type.arrayDimensions(), type.position())
            : type);
  }

  // The grammar gives the fields as PostgreSQL's bit mask, then the precision.
  private static SqlType interval(TypeName type) {
    List<String> numbers = modifiers(type.modifiers());
    int fields = Integer.parseInt(numbers.get(0));
    int precision =
        numbers.size() > 1
            ? Math.min(6, Integer.parseInt(numbers.get(1)))
            : INTERVAL_FULL_PRECISION;
    return new SqlType(BaseType.INTERVAL, type.arrayDimensions() > 0, (fields << 16) | precision);
  }

  private static List<String> modifiers(List<SqlNode> nodes) {
    List<String> texts = new ArrayList<>();
    for (SqlNode node : nodes) {
      texts.add(
          switch (node) {
            case NumericConstant number -> number.text();
            case SqlLiteral literal -> String.valueOf(literal.toValue());
            case SqlIdentifier identifier -> identifier.toString().toLowerCase(Locale.ROOT);
            default ->
                throw new QuiverException(
                    SqlState.SYNTAX_ERROR,
                    "type modifiers must be simple constants or identifiers");
          });
    }
    return texts;
  }
}
