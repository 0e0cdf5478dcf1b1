/* CREATE, DROP, ALTER, COMMENT. */

Statement create() :
{
    Statement s;
    boolean replace = false;
    Statement.Persistence persistence = Statement.Persistence.PERMANENT;
    SqlToken start = ahead(1);
}
{
    (
        LOOKAHEAD({ atCreateView() })
        <CREATE> [ <OR> <REPLACE> { replace = true; } ]
        [ LOOKAHEAD({ atPersistence() }) persistence = persistence() ]
        s = createView(replace, persistence)
    |
        LOOKAHEAD({ atCreateGeneric() }) s = generic()
    |
        <CREATE>
        (
            [ LOOKAHEAD({ atPersistence() }) persistence = persistence() ]
            ( s = createTable(persistence) | s = createSequence(persistence) )
        |
            s = createIndex()
        |
            <SCHEMA> s = createSchema()
        |
            <EXTENSION> s = createExtension()
        |
            <DATABASE> s = createDatabase()
        |
            ( <ROLE> | <USER> | <GROUP> ) s = createRole(last().kind == USER)
        |
            <MATERIALIZED> <VIEW> s = createMaterializedView()
        )
    )
    { return s; }
}

boolean ifNotExists() :
{
}
{
    [ LOOKAHEAD({ at(IF, NOT) }) <IF> <NOT> <EXISTS> { return true; } ]
    { return false; }
}

boolean ifExists() :
{
}
{
    [ LOOKAHEAD({ at(IF, EXISTS) }) <IF> <EXISTS> { return true; } ]
    { return false; }
}

Statement createTable(Statement.Persistence persistence) :
{
    boolean ifNotExists;
    SqlIdentifier name;
    List<TableElement> elements = new ArrayList<TableElement>();
    TableElement element;
    List<SqlIdentifier> columns = Collections.emptyList();
    SqlIdentifier method = null;
    List<Option> settings = Collections.emptyList();
    Statement.OnCommit onCommit = Statement.OnCommit.DEFAULT;
    SqlIdentifier tablespace = null;
    boolean elementsGiven = false;
    boolean withData = true;
    Statement source;
    Query q;
}
{
    <TABLE> ifNotExists = ifNotExists() name = qualifiedName()
    {
        if (at(OF) || at(PARTITION)) {
            throw unsupported(
                at(OF) ? "CREATE TABLE ... OF" : "CREATE TABLE ... PARTITION OF",
                ahead(1).position());
        }
    }
    [
        LOOKAHEAD({ at(LPAREN) })
        (
            LOOKAHEAD({ atListedName(2) }) columns = parenthesizedNames()
        |
            <LPAREN> { elementsGiven = true; }
            [
                LOOKAHEAD({ !at(RPAREN) })
                element = tableElement() { elements.add(element); }
                (
                    LOOKAHEAD({ at(COMMA) })
                    <COMMA> element = tableElement() { elements.add(element); }
                )*
            ]
            <RPAREN>
        )
    ]
    [ <INHERITS> { throw unsupported("INHERITS", last().position()); } ]
    [
        LOOKAHEAD({ at(PARTITION) })
        <PARTITION> { throw unsupported("PARTITION BY", last().position()); }
    ]
    [ <USING> method = name() ]
    [ <WITH> settings = storageOptions() | <WITHOUT> <OIDS> ]
    [
        <ON> <COMMIT>
        (
            <PRESERVE> <ROWS> { onCommit = Statement.OnCommit.PRESERVE_ROWS; }
        |   <DELETE> <ROWS> { onCommit = Statement.OnCommit.DELETE_ROWS; }
        |   <DROP> { onCommit = Statement.OnCommit.DROP; }
        )
    ]
    [ <TABLESPACE> tablespace = name() ]
    (
        LOOKAHEAD({ !elementsGiven })
        <AS>
        (
            source = execute()
        |
            q = query() { source = new Statement.SelectStatement(q); }
        )
        withData = withData()
        {
            return new Statement.CreateTableAs(
                persistence, ifNotExists, name, columns, method, settings, onCommit, tablespace,
                source, withData);
        }
    |
        {
            return new Statement.CreateTable(
                persistence, ifNotExists, name, elements, method, settings, onCommit, tablespace);
        }
    )
}

boolean withData() :
{
    boolean data = true;
}
{
    [ LOOKAHEAD({ at(WITH) }) <WITH> [ <NO> { data = false; } ] <DATA> ]
    { return data; }
}

TableElement tableElement() :
{
    TableElement element;
    Constraint constraint;
}
{
    (
        <LIKE> element = likeClause()
    |
        LOOKAHEAD({ atTableConstraint() })
        constraint = tableConstraint() { element = new TableElement.TableConstraint(constraint); }
    |
        element = columnDefinition()
    )
    { return element; }
}

TableElement likeClause() :
{
    SqlIdentifier table;
    List<String> including = new ArrayList<String>();
    boolean include;
}
{
    table = qualifiedName()
    (
        ( <INCLUDING> { include = true; } | <EXCLUDING> { include = false; } )
        (
            <COMMENTS> | <COMPRESSION> | <CONSTRAINTS> | <DEFAULTS> | <GENERATED> | <IDENTITY>
        |   <INDEXES> | <STATISTICS> | <STORAGE> | <ALL>
        )
        { likeOption(including, include, last().value()); }
    )*
    { return new TableElement.Like(table, including); }
}

TableElement.Column columnDefinition() :
{
    SqlIdentifier name;
    TypeName type;
    SqlIdentifier collation = null;
    List<Constraint> constraints = new ArrayList<Constraint>();
    Constraint constraint;
}
{
    name = name() type = typeName()
    (
        <COLLATE> collation = qualifiedName()
    |
        <STORAGE> label() { throw unsupported("STORAGE", last().position()); }
    |
        <COMPRESSION> label() { throw unsupported("COMPRESSION", last().position()); }
    |
        constraint = columnConstraint() { constraints.add(constraint); }
    )*
    { return new TableElement.Column(name, type, collation, constraints); }
}

Constraint columnConstraint() :
{
    SqlToken start = ahead(1);
    SqlIdentifier name = null;
    Constraint.Body body;
    SqlNode e;
    boolean distinctNulls;
    List<Option> settings;
    List<SequenceOption> sequence = Collections.emptyList();
    boolean always;
    SqlToken when;
    ConstraintTraits traits;
}
{
    [ <CONSTRAINT> name = name() ]
    (
        <NOT> <NULL> { body = new Constraint.NotNull(); }
    |
        <NULL> { body = new Constraint.Null(); }
    |
        <DEFAULT_> e = restrictedExpression() { body = new Constraint.DefaultValue(e); }
    |
        body = check()
    |
        <UNIQUE> distinctNulls = nullsNotDistinct() settings = constraintOptions()
        { body = unique(false, distinctNulls, settings); }
    |
        <PRIMARY> <KEY> settings = constraintOptions() { body = unique(true, false, settings); }
    |
        body = references(Collections.<SqlIdentifier>emptyList())
    |
        <GENERATED> { when = ahead(1); }
        ( <ALWAYS> { always = true; } | <BY> <DEFAULT_> { always = false; } )
        <AS>
        (
            <IDENTITY>
            [ LOOKAHEAD({ at(LPAREN) }) <LPAREN> sequence = sequenceOptions() <RPAREN> ]
            { body = new Constraint.Identity(always, sequence); }
        |
            <LPAREN> e = expression() <RPAREN> <STORED>
            {
                if (!always) {
                    throw error(
                        "for a generated column, GENERATED ALWAYS must be specified",
                        when.position());
                }
                body = new Constraint.Generated(e);
            }
        )
    )
    traits = constraintTraits(columnTraits(body))
    { return traits.constraint(name, start.position()); }
}

boolean nullsNotDistinct() :
{
    boolean not = false;
}
{
    [ LOOKAHEAD({ at(NULLS) }) <NULLS> [ <NOT> { not = true; } ] <DISTINCT> ]
    { return not; }
}

Constraint.Body check() :
{
    SqlNode e;
    boolean noInherit = false;
}
{
    <CHECK> <LPAREN> e = expression() <RPAREN>
    [ LOOKAHEAD({ at(NO, INHERIT) }) <NO> <INHERIT> { noInherit = true; } ]
    { return new Constraint.Check(e, noInherit); }
}

/* WITH (…) and USING INDEX TABLESPACE of a key. */
List<Option> constraintOptions() :
{
    List<Option> settings = Collections.emptyList();
}
{
    [ LOOKAHEAD({ at(WITH) }) <WITH> settings = storageOptions() ]
    [
        LOOKAHEAD({ at(USING, INDEX, TABLESPACE) })
        <USING> <INDEX> <TABLESPACE> columnId()
        { throw unsupported("USING INDEX TABLESPACE", last().position()); }
    ]
    { return settings; }
}

Constraint.Body references(List<SqlIdentifier> columns) :
{
    SqlIdentifier table;
    List<SqlIdentifier> referenced = Collections.emptyList();
    Constraint.Match match = Constraint.Match.SIMPLE;
    Constraint.Action onDelete = Constraint.Action.NO_ACTION;
    Constraint.Action onUpdate = Constraint.Action.NO_ACTION;
    List<SqlIdentifier> set = Collections.emptyList();
    SqlToken on;
}
{
    <REFERENCES> table = qualifiedName() [ referenced = parenthesizedNames() ]
    [
        <MATCH>
        (
            <FULL> { match = Constraint.Match.FULL; }
        |   <PARTIAL> { match = Constraint.Match.PARTIAL; }
        |   <SIMPLE>
        )
    ]
    (
        LOOKAHEAD({ at(ON) })
        <ON> { on = last(); }
        (
            <DELETE> onDelete = keyAction()
            [ LOOKAHEAD({ setsColumns(onDelete) }) set = parenthesizedNames() ]
        |
            <UPDATE> onUpdate = keyAction() { noColumnList(onUpdate, on); }
        )
    )*
    {
        return new Constraint.ForeignKey(
            columns, table, referenced, match, onDelete, onUpdate, set);
    }
}

Constraint.Action keyAction() :
{
}
{
    (
        <NO> <ACTION> { return Constraint.Action.NO_ACTION; }
    |
        <RESTRICT> { return Constraint.Action.RESTRICT; }
    |
        <CASCADE> { return Constraint.Action.CASCADE; }
    |
        <SET>
        (
            <NULL> { return Constraint.Action.SET_NULL; }
        |
            <DEFAULT_> { return Constraint.Action.SET_DEFAULT; }
        )
    )
}

/* Deferrability and validity behind a constraint. */
ConstraintTraits constraintTraits(ConstraintTraits traits) :
{
    int position;
}
{
    (
      LOOKAHEAD({
          atAny(DEFERRABLE, INITIALLY) || at(NOT, DEFERRABLE)
              || (at(NOT, VALID) && traits.mayBeInvalid()) })
      { position = ahead(1).position(); }
      (
        LOOKAHEAD({ at(NOT, DEFERRABLE) })
        <NOT> <DEFERRABLE> { traits.deferrable(false, position); }
    |
        <DEFERRABLE> { traits.deferrable(true, position); }
    |
        <INITIALLY>
        (
            <DEFERRED> { traits.deferred(true, position); }
        |
            <IMMEDIATE> { traits.deferred(false, position); }
        )
    |
        <NOT> <VALID> { traits.notValid(); }
      )
    )*
    { return traits; }
}

Constraint tableConstraint() :
{
    SqlToken start = ahead(1);
    SqlIdentifier name = null;
    Constraint.Body body;
    List<SqlIdentifier> columns;
    ConstraintTraits traits;
    boolean distinctNulls;
}
{
    [ <CONSTRAINT> name = name() ]
    (
        body = check()
    |
        <UNIQUE> distinctNulls = nullsNotDistinct() body = keyColumns(false, distinctNulls)
    |
        <PRIMARY> <KEY> body = keyColumns(true, false)
    |
        <FOREIGN> <KEY> columns = parenthesizedNames() body = references(columns)
    |
        <EXCLUDE> { throw unsupported("EXCLUDE", start.position()); }
    )
    traits = constraintTraits(tableTraits(body))
    { return traits.constraint(name, start.position()); }
}

Constraint.Body keyColumns(boolean primary, boolean distinctNulls) :
{
    List<SqlIdentifier> columns;
    List<SqlIdentifier> include = Collections.emptyList();
    List<Option> settings;
    SqlIdentifier index;
}
{
    (
        <USING> <INDEX> index = name()
        {
            return new Constraint.Unique(
                primary, distinctNulls, Collections.<SqlIdentifier>emptyList(),
                Collections.<SqlIdentifier>emptyList(), Collections.<Option>emptyList(), index);
        }
    |
        columns = parenthesizedNames()
        [ <INCLUDE> include = parenthesizedNames() ]
        settings = constraintOptions()
        { return new Constraint.Unique(primary, distinctNulls, columns, include, settings, null); }
    )
}

Statement createIndex() :
{
    boolean unique = false;
    boolean concurrently = false;
    boolean ifNotExists;
    SqlIdentifier name = null;
    SqlIdentifier table;
    SqlIdentifier method = null;
    List<IndexElement> elements;
    List<SqlIdentifier> include = Collections.emptyList();
    boolean distinctNulls;
    List<Option> settings = Collections.emptyList();
    SqlIdentifier tablespace = null;
    SqlNode where = null;
}
{
    [ <UNIQUE> { unique = true; } ] <INDEX>
    [ LOOKAHEAD({ at(CONCURRENTLY) }) <CONCURRENTLY> { concurrently = true; } ]
    ifNotExists = ifNotExists()
    [ LOOKAHEAD({ ifNotExists || !at(ON) }) name = name() ]
    <ON> table = relation()
    [ <USING> method = name() ]
    <LPAREN> elements = indexElements() <RPAREN>
    [ <INCLUDE> include = parenthesizedNames() ]
    distinctNulls = nullsNotDistinct()
    [ LOOKAHEAD({ at(WITH) }) <WITH> settings = storageOptions() ]
    [ <TABLESPACE> tablespace = name() ]
    [ <WHERE> where = expression() ]
    {
        return new Statement.CreateIndex(
            unique, concurrently, ifNotExists, name, table, method, elements, include,
            distinctNulls, settings, tablespace, where);
    }
}

List<IndexElement> indexElements() :
{
    List<IndexElement> list = new ArrayList<IndexElement>();
    IndexElement element;
}
{
    element = indexElement() { list.add(element); }
    ( LOOKAHEAD({ at(COMMA) }) <COMMA> element = indexElement() { list.add(element); } )*
    { return list; }
}

IndexElement indexElement() :
{
    SqlNode e;
    SqlIdentifier collation = null;
    SqlIdentifier operatorClass = null;
    List<Option> settings = Collections.emptyList();
    boolean descending = false;
    OrderItem.Nulls nulls;
}
{
    (
        <LPAREN> e = expression() <RPAREN>
    |
        LOOKAHEAD({ isColumnId(1) && ahead(2).kind != LPAREN && ahead(2).kind != DOT })
        e = name()
    |
        e = tableFunctionCall()
    )
    [ <COLLATE> collation = qualifiedName() ]
    [
        LOOKAHEAD({ isColumnId(1) && !(at(NULLS) && (ahead(2).kind == FIRST || ahead(2).kind == LAST)) })
        operatorClass = qualifiedName()
        [ LOOKAHEAD({ at(LPAREN) }) settings = storageOptions() ]
    ]
    [ <ASC> | <DESC> { descending = true; } ]
    nulls = nullsOrder()
    { return new IndexElement(e, collation, operatorClass, settings, descending, nulls); }
}

Statement createView(boolean replace, Statement.Persistence persistence) :
{
    boolean recursive = false;
    SqlIdentifier name;
    List<SqlIdentifier> columns = Collections.emptyList();
    List<Option> settings = Collections.emptyList();
    Query query;
    Statement.CheckOption check = Statement.CheckOption.NONE;
}
{
    [ <RECURSIVE> { recursive = true; } ] <VIEW> name = qualifiedName()
    [ columns = parenthesizedNames() ]
    [ LOOKAHEAD({ at(WITH) }) <WITH> settings = storageOptions() ]
    <AS> query = query()
    [
        LOOKAHEAD({ at(WITH) })
        <WITH> { check = Statement.CheckOption.CASCADED; }
        [ <CASCADED> | <LOCAL> { check = Statement.CheckOption.LOCAL; } ]
        <CHECK> <OPTION>
    ]
    {
        return new Statement.CreateView(
            replace, persistence == Statement.Persistence.TEMPORARY, recursive, name, columns,
            settings, query, check);
    }
}

Statement createMaterializedView() :
{
    boolean ifNotExists;
    SqlIdentifier name;
    List<SqlIdentifier> columns = Collections.emptyList();
    List<Option> settings = Collections.emptyList();
    Query query;
    boolean withData;
}
{
    ifNotExists = ifNotExists() name = qualifiedName()
    [ columns = parenthesizedNames() ]
    [ LOOKAHEAD({ at(WITH) }) <WITH> settings = storageOptions() ]
    <AS> query = query() withData = withData()
    {
        return new Statement.CreateMaterializedView(
            ifNotExists, name, columns, settings, query, withData);
    }
}

Statement refresh() :
{
    boolean concurrently = false;
    SqlIdentifier name;
    boolean withData;
}
{
    <REFRESH> <MATERIALIZED> <VIEW>
    [ LOOKAHEAD({ at(CONCURRENTLY) }) <CONCURRENTLY> { concurrently = true; } ]
    name = qualifiedName() withData = withData()
    { return new Statement.RefreshMaterializedView(name, concurrently, withData); }
}

Statement createSchema() :
{
    boolean ifNotExists;
    SqlIdentifier name = null;
    String owner = null;
}
{
    ifNotExists = ifNotExists()
    (
        LOOKAHEAD({ at(AUTHORIZATION) }) <AUTHORIZATION> owner = role()
    |
        name = name() [ LOOKAHEAD({ at(AUTHORIZATION) }) <AUTHORIZATION> owner = role() ]
    )
    {
        if (atAny(CREATE, GRANT)) {
            throw unsupported("CREATE SCHEMA with schema elements", ahead(1).position());
        }
    }
    { return new Statement.CreateSchema(ifNotExists, name, owner); }
}

Statement createSequence(Statement.Persistence persistence) :
{
    boolean ifNotExists;
    SqlIdentifier name;
    List<SequenceOption> settings;
}
{
    <SEQUENCE> ifNotExists = ifNotExists() name = qualifiedName() settings = sequenceOptions()
    { return new Statement.CreateSequence(persistence, ifNotExists, name, settings); }
}

List<SequenceOption> sequenceOptions() :
{
    List<SequenceOption> list = new ArrayList<SequenceOption>();
    SequenceOption option;
}
{
    ( LOOKAHEAD({ atSequenceOption() }) option = sequenceOption() { list.add(option); } )*
    { return list; }
}

SequenceOption sequenceOption() :
{
    TypeName type;
    String value = null;
    SqlIdentifier name;
}
{
    (
        <AS> type = simpleType() { return new SequenceOption.As(type); }
    |
        <INCREMENT> [ <BY> ] value = signedNumber() { return new SequenceOption.Increment(value); }
    |
        <MINVALUE> value = signedNumber() { return new SequenceOption.Minimum(value); }
    |
        <MAXVALUE> value = signedNumber() { return new SequenceOption.Maximum(value); }
    |
        <NO>
        (
            <MINVALUE> { return new SequenceOption.Minimum(null); }
        |   <MAXVALUE> { return new SequenceOption.Maximum(null); }
        |   <CYCLE> { return new SequenceOption.Cycle(false); }
        )
    |
        <START> [ <WITH> ] value = signedNumber() { return new SequenceOption.Start(value); }
    |
        <RESTART>
        [
            LOOKAHEAD({ at(WITH) || atNumber() })
            [ <WITH> ] value = signedNumber()
        ]
        { return new SequenceOption.Restart(value); }
    |
        <CACHE> value = signedNumber() { return new SequenceOption.Cache(value); }
    |
        <CYCLE> { return new SequenceOption.Cycle(true); }
    |
        <OWNED> <BY>
        (
            <NONE> { return new SequenceOption.OwnedBy(null); }
        |
            name = qualifiedName() { return new SequenceOption.OwnedBy(name); }
        )
    |
        <SEQUENCE> <NAME> name = qualifiedName() { return new SequenceOption.Name(name); }
    )
}

String signedNumber() :
{
    String sign = "";
}
{
    [ <PLUS> | <MINUS> { sign = "-"; } ]
    ( <UNSIGNED_INTEGER_LITERAL> | <DECIMAL_NUMERIC_LITERAL> )
    { return sign + last().value(); }
}

Statement createExtension() :
{
    boolean ifNotExists;
    SqlIdentifier name;
    SqlIdentifier schema = null;
    String version = null;
    boolean cascade = false;
}
{
    ifNotExists = ifNotExists() name = name() [ <WITH> ]
    (
        <SCHEMA> schema = name()
    |
        <VERSION> version = wordOrString()
    |
        <CASCADE> { cascade = true; }
    )*
    { return new Statement.CreateExtension(ifNotExists, name, schema, version, cascade); }
}

String wordOrString() :
{
}
{
    ( <QUOTED_STRING> | nonReservedWord() ) { return last().value(); }
}

Statement createDatabase() :
{
    SqlIdentifier name;
    List<Option> settings = new ArrayList<Option>();
    Option.Value value;
    SqlToken t;
    String option;
}
{
    name = name() [ LOOKAHEAD({ at(WITH) }) <WITH> ]
    (
        LOOKAHEAD({ !at(SEMICOLON) && !at(EOF) })
        { t = ahead(1); }
        (
            <CONNECTION> <LIMIT> { option = "connection_limit"; }
        |
            nonReservedWord() { option = t.value(); }
        )
        [ <EQ> ] value = scalarValue()
        { settings.add(new Option(option, value, t.position())); }
    )*
    { return new Statement.CreateDatabase(name, settings); }
}

Statement createRole(boolean login) :
{
    String name;
    List<Statement.RoleOption> settings;
}
{
    name = role() settings = roleOptions()
    { return new Statement.CreateRole(name, login, settings); }
}

String role() :
{
}
{
    (
        <CURRENT_USER> | <CURRENT_ROLE> | <SESSION_USER>
    |
        nonReservedWord()
    )
    { return last().value(); }
}

List<String> roles() :
{
    List<String> list = new ArrayList<String>();
    String role;
}
{
    role = role() { list.add(role); } ( LOOKAHEAD({ at(COMMA) }) <COMMA> role = role() { list.add(role); } )*
    { return list; }
}

List<Statement.RoleOption> roleOptions() :
{
    List<Statement.RoleOption> list = new ArrayList<Statement.RoleOption>();
    Statement.RoleOption option;
}
{
    [ <WITH> ]
    (
        LOOKAHEAD({ !at(SEMICOLON) && !at(EOF) })
        option = roleOption() { list.add(option); }
    )*
    { return list; }
}

Statement.RoleOption roleOption() :
{
    String value;
    List<String> values;
    SqlToken t = ahead(1);
}
{
    (
        [ <ENCRYPTED> ] <PASSWORD>
        (
            <NULL> { return roleOption("password"); }
        |
            <QUOTED_STRING> { return roleOption("password", last().value()); }
        )
    |
        <CONNECTION> <LIMIT> value = signedNumber()
        { return roleOption("connection limit", value); }
    |
        <VALID> <UNTIL> <QUOTED_STRING> { return roleOption("valid until", last().value()); }
    |
        <SYSID> value = signedNumber() { return roleOption("sysid", value); }
    |
        <IN> ( <ROLE> | <GROUP> ) values = roles()
        { return new Statement.RoleOption("in role", values); }
    |
        ( <ROLE> | <USER> ) values = roles() { return new Statement.RoleOption("role", values); }
    |
        <ADMIN> values = roles() { return new Statement.RoleOption("admin", values); }
    |
        <INHERIT> { return roleOption("inherit"); }
    |
        <IDENTIFIER> { return namedRoleOption(last()); }
    )
}

Statement drop() :
{
    Statement s;
    boolean ifExists;
    boolean force = false;
    SqlIdentifier name;
    List<String> roles;
}
{
    (
        LOOKAHEAD({ atDropGeneric() }) s = generic()
    |
        <DROP>
        (
            <DATABASE> ifExists = ifExists() name = name()
            [
                [ <WITH> ] <LPAREN> <FORCE> <RPAREN> { force = true; }
            ]
            { s = new Statement.DropDatabase(name, ifExists, force); }
        |
            ( <ROLE> | <USER> | <GROUP> ) ifExists = ifExists() roles = roles()
            { s = new Statement.DropRole(roles, ifExists); }
        |
            s = dropObjects()
        )
    )
    { return s; }
}

Statement dropObjects() :
{
    Statement.ObjectKind kind;
    boolean concurrently = false;
    boolean ifExists;
    List<SqlIdentifier> names;
    boolean cascade;
}
{
    (
        <TABLE> { kind = Statement.ObjectKind.TABLE; }
    |
        <INDEX> { kind = Statement.ObjectKind.INDEX; }
        [ LOOKAHEAD({ at(CONCURRENTLY) }) <CONCURRENTLY> { concurrently = true; } ]
    |
        <VIEW> { kind = Statement.ObjectKind.VIEW; }
    |
        <MATERIALIZED> <VIEW> { kind = Statement.ObjectKind.MATERIALIZED_VIEW; }
    |
        <SCHEMA> { kind = Statement.ObjectKind.SCHEMA; }
    |
        <SEQUENCE> { kind = Statement.ObjectKind.SEQUENCE; }
    |
        <TYPE> { kind = Statement.ObjectKind.TYPE; }
    |
        <DOMAIN> { kind = Statement.ObjectKind.DOMAIN; }
    |
        <EXTENSION> { kind = Statement.ObjectKind.EXTENSION; }
    )
    ifExists = ifExists() names = qualifiedNames() cascade = cascade()
    { return new Statement.Drop(kind, concurrently, ifExists, names, cascade); }
}

Statement alter() :
{
    Statement s;
    Statement.ObjectKind kind;
    boolean ifExists;
    SqlIdentifier name;
    String role;
    List<Statement.RoleOption> settings;
    List<AlterAction> actions;
}
{
    (
        LOOKAHEAD({ atAlterGeneric() }) s = generic()
    |
        <ALTER>
        (
            ( <ROLE> | <USER> ) role = role()
            (
                <RENAME> <TO> name = name()
                { throw unsupported("ALTER ROLE ... RENAME", last().position()); }
            |
                settings = roleOptions() { s = new Statement.AlterRole(role, settings); }
            )
        |
            (
                <TABLE> { kind = Statement.ObjectKind.TABLE; }
            |   <INDEX> { kind = Statement.ObjectKind.INDEX; }
            |   <VIEW> { kind = Statement.ObjectKind.VIEW; }
            |   <MATERIALIZED> <VIEW> { kind = Statement.ObjectKind.MATERIALIZED_VIEW; }
            |   <SEQUENCE> { kind = Statement.ObjectKind.SEQUENCE; }
            |   <SCHEMA> { kind = Statement.ObjectKind.SCHEMA; }
            )
            ifExists = ifExists() name = relation() actions = alterActions()
            { s = new Statement.Alter(kind, ifExists, name, actions); }
        )
    )
    { return s; }
}

List<AlterAction> alterActions() :
{
    List<AlterAction> list = new ArrayList<AlterAction>();
    AlterAction action;
    List<SequenceOption> settings;
}
{
    (
        LOOKAHEAD({ atSequenceOption() && !at(SET) })
        settings = sequenceOptions() { list.add(new AlterAction.SequenceOptions(settings)); }
    |
        action = alterAction() { list.add(action); }
        { if (standsAlone(action)) { return list; } }
        ( LOOKAHEAD({ at(COMMA) }) <COMMA> action = alterAction() { list.add(action); } )*
    )
    { return list; }
}

AlterAction alterAction() :
{
    SqlToken start = ahead(1);
    SqlIdentifier name;
    SqlIdentifier newName;
    boolean flag;
    boolean cascade;
    TableElement.Column column;
    Constraint constraint;
    List<Option> settings;
    String role;
    AlterAction action;
    ConstraintTraits traits;
}
{
    (
        <ADD>
        (
            LOOKAHEAD({ atTableConstraint() })
            constraint = tableConstraint() { return new AlterAction.AddConstraint(constraint); }
        |
            [ LOOKAHEAD({ at(COLUMN) }) <COLUMN> ] flag = ifNotExists()
            column = columnDefinition() { return new AlterAction.AddColumn(column, flag); }
        )
    |
        <DROP>
        (
            LOOKAHEAD({ at(CONSTRAINT) })
            <CONSTRAINT> flag = ifExists() name = name() cascade = cascade()
            { return new AlterAction.DropConstraint(name, flag, cascade); }
        |
            [ LOOKAHEAD({ at(COLUMN) }) <COLUMN> ] flag = ifExists() name = name()
            cascade = cascade() { return new AlterAction.DropColumn(name, flag, cascade); }
        )
    |
        LOOKAHEAD({ at(ALTER, CONSTRAINT) })
        <ALTER> <CONSTRAINT> name = name() traits = constraintTraits(alterationTraits())
        { return new AlterAction.AlterConstraint(traits.constraint(name, start.position())); }
    |
        <ALTER> [ LOOKAHEAD({ at(COLUMN) }) <COLUMN> ] name = name() action = alterColumn(name)
        { return action; }
    |
        <RENAME>
        (
            <TO> newName = name() { return new AlterAction.RenameTo(newName); }
        |
            <CONSTRAINT> name = name() <TO> newName = name()
            { return new AlterAction.RenameConstraint(name, newName); }
        |
            [ LOOKAHEAD({ at(COLUMN) }) <COLUMN> ] name = name() <TO> newName = name()
            { return new AlterAction.RenameColumn(name, newName); }
        )
    |
        <OWNER> <TO> role = role() { return new AlterAction.OwnerTo(role); }
    |
        LOOKAHEAD({ atRowSecurity() }) ( <ENABLE> | <DISABLE> | <FORCE> | <NO> )
        { return rowSecurity(last()); }
    |
        <VALIDATE> <CONSTRAINT> name = name() { return new AlterAction.ValidateConstraint(name); }
    |
        <RESET> settings = storageOptions() { return new AlterAction.ResetOptions(settings); }
    |
        <SET>
        (
            settings = storageOptions() { return new AlterAction.SetOptions(settings); }
        |   <SCHEMA> name = name() { return new AlterAction.SetSchema(name); }
        |   <TABLESPACE> name = name() { return new AlterAction.SetTablespace(name); }
        |   <LOGGED> { return new AlterAction.SetLogged(true); }
        |   <UNLOGGED> { return new AlterAction.SetLogged(false); }
        |   ( <WITHOUT> | <ACCESS> ) { skipAction(); return new AlterAction.Other(textFrom(start)); }
        )
    |
        (
            <ENABLE> | <DISABLE> | <CLUSTER> | <INHERIT> | <NO> | <OF> | <NOT> | <REPLICA> | <FORCE>
        |   <ATTACH> | <DETACH> | <DEPENDS>
        )
        { skipAction(); return new AlterAction.Other(textFrom(start)); }
    )
}

AlterAction alterColumn(SqlIdentifier column) :
{
    SqlToken start = ahead(1);
    SqlNode e = null;
    TypeName type;
    SqlIdentifier collation = null;
    boolean flag;
    boolean always;
    String value;
    List<SequenceOption> settings = Collections.emptyList();
}
{
    (
        LOOKAHEAD({ at(TYPE) || at(SET, DATA) })
        [ <SET> <DATA> ] <TYPE> type = typeName()
        [ <COLLATE> collation = qualifiedName() ]
        [ <USING> e = expression() ]
        { return new AlterAction.SetType(column, type, collation, e); }
    |
        LOOKAHEAD({ atIdentityChange() }) { AlterAction action; } action = identityChange(column)
        { return action; }
    |
        <SET>
        (
            <DEFAULT_> e = expression() { return new AlterAction.SetDefault(column, e); }
        |   <NOT> <NULL> { return new AlterAction.SetNotNull(column, true); }
        |   <STATISTICS> value = signedNumber()
            { return new AlterAction.SetStatistics(column, value); }
        |   <STORAGE> label() { return new AlterAction.SetStorage(column, last().value()); }
        |   ( <COMPRESSION> | <LPAREN> )
            { skipAction(); return new AlterAction.Other(textFrom(start)); }
        )
    |
        <DROP>
        (
            <DEFAULT_> { return new AlterAction.SetDefault(column, null); }
        |   <NOT> <NULL> { return new AlterAction.SetNotNull(column, false); }
        |   <IDENTITY> flag = ifExists() { return new AlterAction.DropIdentity(column, flag); }
        |   <EXPRESSION> flag = ifExists() { return new AlterAction.DropExpression(column, flag); }
        )
    |
        <ADD> <GENERATED>
        ( <ALWAYS> { always = true; } | <BY> <DEFAULT_> { always = false; } )
        <AS> <IDENTITY>
        [ LOOKAHEAD({ at(LPAREN) }) <LPAREN> settings = sequenceOptions() <RPAREN> ]
        { return new AlterAction.AddIdentity(column, new Constraint.Identity(always, settings)); }
    |
        <RESET> { skipAction(); return new AlterAction.Other(textFrom(start)); }
    )
}

AlterAction identityChange(SqlIdentifier column) :
{
    Boolean always = null;
    List<SequenceOption> list = new ArrayList<SequenceOption>();
    SequenceOption option;
}
{
    (
        LOOKAHEAD({ atIdentityChange() })
        (
            LOOKAHEAD({ at(SET, GENERATED) })
            <SET> <GENERATED>
            ( <ALWAYS> { always = true; } | <BY> <DEFAULT_> { always = false; } )
        |
            [ <SET> ] option = sequenceOption() { list.add(option); }
        )
    )+
    { return new AlterAction.ChangeIdentity(column, always, list); }
}

Statement comment() :
{
    Statement.ObjectKind kind;
    SqlIdentifier name;
    SqlIdentifier table = null;
    String text = null;
}
{
    (
        LOOKAHEAD({ atCommentGeneric() }) { Statement s; } s = generic() { return s; }
    |
        <COMMENT> <ON>
        (
            (
                <TABLE> { kind = Statement.ObjectKind.TABLE; }
            |   <COLUMN> { kind = Statement.ObjectKind.COLUMN; }
            |   <INDEX> { kind = Statement.ObjectKind.INDEX; }
            |   <VIEW> { kind = Statement.ObjectKind.VIEW; }
            |   <MATERIALIZED> <VIEW> { kind = Statement.ObjectKind.MATERIALIZED_VIEW; }
            |   <SEQUENCE> { kind = Statement.ObjectKind.SEQUENCE; }
            |   <SCHEMA> { kind = Statement.ObjectKind.SCHEMA; }
            |   <EXTENSION> { kind = Statement.ObjectKind.EXTENSION; }
            |   <DATABASE> { kind = Statement.ObjectKind.DATABASE; }
            |   <ROLE> { kind = Statement.ObjectKind.ROLE; }
            )
            name = qualifiedName()
        |
            <CONSTRAINT> name = name() <ON> table = qualifiedName()
            { kind = Statement.ObjectKind.CONSTRAINT; }
        )
        <IS> ( <NULL> | <QUOTED_STRING> { text = last().value(); } )
        { return new Statement.Comment(kind, name, table, text); }
    )
}

/* A statement of which only the first words are looked at. */
Statement generic() :
{
    SqlToken start = ahead(1);
    String tag;
}
{
    {
        tag = genericTag();
        if (tag == null) {
            throw misfit();
        }
    }
    (
        <GRANT> | <REVOKE> | <LOAD> | <IMPORT> | <REASSIGN> | <SECURITY> | <COMMENT> | <CREATE>
    |   <ALTER> | <DROP>
    )
    {
        skipStatement();
        return new Statement.Generic(tag, textFrom(start));
    }
}
