package quiver.coordinators.root;

import java.util.function.Predicate;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.GeneratedNames;
import quiver.common.catalog.SequenceDefinition;

/// Names that PostgreSQL would choose for objects without one.
final class Names {
  private Names() {}

  /// As [GeneratedNames#choose].
  static String choose(String first, String second, String label, Predicate<String> isTaken) {
    return GeneratedNames.choose(first, second, label, isTaken);
  }

  /// A sequence in the SQL of defaults.
  static String literal(SequenceDefinition sequence) {
    return "'"
        + DefinitionText.keptName(sequence.schema(), sequence.name()).replace("'", "''")
        + "'::regclass";
  }

  /// A name in messages: the schemas that are searched anyway go without saying.
  static String qualified(String schema, String name) {
    return schema.equals("public") || SchemaDefinition.isTemporary(schema)
        ? quoted(name)
        : quoted(schema) + "." + quoted(name);
  }

  /// An identifier as SQL text.
  static String quoted(String name) {
    boolean plain =
        !name.isEmpty()
            && name.chars()
                .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')
            && !Character.isDigit(name.charAt(0));
    return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
  }
}
