package quiver.planner.parser.grammar;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.planner.parser.generated.ParseException;
import quiver.planner.parser.node.Constraint;
import quiver.planner.parser.node.Statement;
import quiver.planner.parser.node.TypeName;
import quiver.planner.parser.node.TypeStatement;

/// CREATE, ALTER and COMMENT of types and domains, COMMENT of policies. Written by hand: which kind
/// of type it is shows late.
abstract class TypeGrammar extends SecurityGrammar {
  protected abstract TypeName typeName() throws ParseException;

  private boolean inDomain;

  /// What follows a constraint of a column, or of a domain.
  protected final ConstraintTraits columnTraits(Constraint.Body body) {
    return new ConstraintTraits(
        body, inDomain ? ConstraintTraits.Place.DOMAIN : ConstraintTraits.Place.COLUMN);
  }

  /// What follows a constraint of a table, or one that is added to a domain.
  protected final ConstraintTraits tableTraits(Constraint.Body body) {
    return new ConstraintTraits(
        body, inDomain ? ConstraintTraits.Place.DOMAIN : ConstraintTraits.Place.TABLE);
  }

  /// What ALTER CONSTRAINT says of a foreign key.
  protected static ConstraintTraits alterationTraits() {
    return new ConstraintTraits(new Constraint.NotNull(), ConstraintTraits.Place.ALTERATION);
  }

  protected abstract Constraint columnConstraint() throws ParseException;

  protected abstract Constraint tableConstraint() throws ParseException;

  /// Whether one of these statements begins here.
  protected final boolean atTypeStatement() {
    return ((isWord(1, "create") || isWord(1, "alter")) && isTypeWord(2))
        || (isWord(1, "comment") && isWord(2, "on") && isCommented());
  }

  private boolean isCommented() {
    return isTypeWord(3) || isWord(3, "policy") || isDomainConstraint();
  }

  private boolean isTypeWord(int distance) {
    return isWord(distance, "type") || isWord(distance, "domain");
  }

  private boolean isDomainConstraint() {
    return isWord(3, "constraint") && isWord(5, "on") && isWord(6, "domain");
  }

  protected final Statement typeStatement() throws ParseException {
    if (accept("comment", "on")) {
      return comment();
    }
    if (accept("create", "domain")) {
      return new Statement.Type(createDomain());
    }
    if (accept("create", "type")) {
      return new Statement.Type(createType());
    }
    expect("alter");
    boolean isDomain = accept("domain");
    if (!isDomain) {
      expect("type");
    }
    SqlIdentifier name = qualifiedName();
    TypeStatement.Action action = isDomain ? domainAction() : typeAction();
    return new Statement.Type(
        action == null
            ? unsupportedRest("this form of ALTER TYPE is")
            : new TypeStatement.Alter(isDomain, name, action));
  }

  private TypeStatement unsupportedRest(String what) {
    skipStatement();
    return new TypeStatement.Unsupported(what);
  }

  private String string() {
    expect(QUOTED_STRING);
    return last().value();
  }

  // ---- CREATE

  private TypeStatement createType() throws ParseException {
    SqlIdentifier name = qualifiedName();
    if (!accept("as")) {
      return unsupportedRest(
          at(LPAREN) ? "CREATE TYPE of a base type is" : "CREATE TYPE of a shell type is");
    }
    if (accept("enum")) {
      return new TypeStatement.CreateEnum(name, labels());
    }
    if (isWord(1, "range")) {
      return unsupportedRest("CREATE TYPE AS RANGE is");
    }
    expect(LPAREN);
    List<TypeStatement.Attribute> attributes = new ArrayList<>();
    if (!at(RPAREN)) {
      do {
        attributes.add(attribute(name().getSimple()));
      } while (accept(COMMA));
    }
    expect(RPAREN);
    return new TypeStatement.CreateComposite(name, attributes);
  }

  private TypeStatement.Attribute attribute(String name) throws ParseException {
    TypeName type = typeName();
    return new TypeStatement.Attribute(name, type, accept("collate") ? qualifiedName() : null);
  }

  private TypeStatement.AttributeChange attributeChange() throws ParseException {
    if (accept("add")) {
      expect("attribute");
      return new TypeStatement.AddAttribute(attribute(name().getSimple()));
    }
    if (accept("drop")) {
      expect("attribute");
      boolean ifExists = accept("if", "exists");
      return new TypeStatement.DropAttribute(name().getSimple(), ifExists);
    }
    expect("alter");
    expect("attribute");
    String name = name().getSimple();
    if (accept("set")) {
      expect("data");
    }
    expect("type");
    return new TypeStatement.AlterAttribute(attribute(name));
  }

  private TypeStatement.Action attributeChanges() throws ParseException {
    List<TypeStatement.AttributeChange> changes = new ArrayList<>();
    do {
      changes.add(attributeChange());
      boolean _ = cascade();
    } while (accept(COMMA));
    return new TypeStatement.ChangeAttributes(changes);
  }

  private List<String> labels() {
    List<String> labels = new ArrayList<>();
    expect(LPAREN);
    if (accept(RPAREN)) {
      return labels;
    }
    do {
      labels.add(string());
    } while (accept(COMMA));
    expect(RPAREN);
    return labels;
  }

  private TypeStatement createDomain() throws ParseException {
    SqlIdentifier name = qualifiedName();
    boolean _ = accept("as");
    TypeName type = typeName();
    SqlIdentifier collation = null;
    List<Constraint> constraints = new ArrayList<>();
    inDomain = true;
    while (!at(SEMICOLON) && !at(EOF)) {
      if (accept("collate")) {
        collation = qualifiedName();
      } else {
        constraints.add(columnConstraint());
      }
    }
    inDomain = false;
    return new TypeStatement.CreateDomain(name, type, collation, constraints);
  }

  // ---- ALTER

  private TypeStatement.@Nullable Action typeAction() throws ParseException {
    if (accept("add", "value")) {
      boolean ifNotExists = accept("if", "not");
      if (ifNotExists) {
        expect("exists");
      }
      String label = string();
      boolean isAfter = isWord(1, "after");
      String neighbor = accept("before") || accept("after") ? string() : null;
      return new TypeStatement.AddValue(label, ifNotExists, neighbor, isAfter);
    }
    if (accept("rename", "value")) {
      String label = string();
      expect("to");
      return new TypeStatement.RenameValue(label, string());
    }
    if (accept("rename", "attribute")) {
      String attribute = name().getSimple();
      expect("to");
      TypeStatement.AttributeChange rename =
          new TypeStatement.RenameAttribute(attribute, name().getSimple());
      boolean _ = cascade();
      return new TypeStatement.ChangeAttributes(List.of(rename));
    }
    return isWord(2, "attribute") ? attributeChanges() : commonAction();
  }

  /// What types and domains have in common; null for something else.
  private TypeStatement.@Nullable Action commonAction() throws ParseException {
    if (accept("rename", "to")) {
      return new TypeStatement.Rename(name().getSimple());
    }
    if (accept("set", "schema")) {
      return new TypeStatement.SetSchema(name().getSimple());
    }
    if (accept("owner", "to")) {
      return new TypeStatement.OwnerTo(role());
    }
    return null;
  }

  private TypeStatement.Action domainAction() throws ParseException {
    if (isWord(2, "default") || isWord(2, "not")) {
      return settingAction();
    }
    if (accept("add")) {
      inDomain = true;
      Constraint constraint = tableConstraint();
      inDomain = false;
      return new TypeStatement.AddConstraint(constraint, constraint.notValid());
    }
    if (accept("drop", "constraint")) {
      boolean ifExists = accept("if", "exists");
      String constraint = name().getSimple();
      boolean _ = cascade();
      return new TypeStatement.DropConstraint(constraint, ifExists);
    }
    if (accept("validate", "constraint")) {
      return new TypeStatement.ValidateConstraint(name().getSimple());
    }
    if (accept("rename", "constraint")) {
      String constraint = name().getSimple();
      expect("to");
      return new TypeStatement.RenameConstraint(constraint, name().getSimple());
    }
    TypeStatement.Action action = commonAction();
    if (action == null) {
      throw syntaxError();
    }
    return action;
  }

  private TypeStatement.Action settingAction() throws ParseException {
    boolean sets = accept("set");
    if (!sets) {
      expect("drop");
    }
    if (accept("not")) {
      expect("null");
      return new TypeStatement.SetNotNull(sets);
    }
    expect("default");
    SqlNode expression = sets ? expression() : null;
    return new TypeStatement.SetDefault(expression);
  }

  // ---- COMMENT

  private Statement comment() throws ParseException {
    Statement.ObjectKind kind =
        isWord(1, "domain") ? Statement.ObjectKind.DOMAIN : Statement.ObjectKind.TYPE;
    SqlIdentifier name;
    SqlIdentifier owner = null;
    if (accept("policy")) {
      kind = Statement.ObjectKind.POLICY;
      name = name();
      expect("on");
      owner = qualifiedName();
    } else if (accept("constraint")) {
      kind = Statement.ObjectKind.DOMAIN_CONSTRAINT;
      name = name();
      expect("on");
      expect("domain");
      owner = qualifiedName();
    } else {
      getNextToken();
      name = qualifiedName();
    }
    expect("is");
    String text = accept("null") ? null : string();
    return new Statement.Comment(kind, name, owner, text);
  }
}
