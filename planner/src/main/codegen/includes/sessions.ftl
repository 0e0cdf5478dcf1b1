/* Settings, transactions, prepared statements, cursors and maintenance. */

Statement set() :
{
    Statement.Scope scope = Statement.Scope.SESSION;
    Statement s;
}
{
    <SET>
    (
        LOOKAHEAD({ at(SESSION, CHARACTERISTICS) })
        { List<TransactionMode> modes; }
        <SESSION> <CHARACTERISTICS> <AS> <TRANSACTION> modes = transactionModes()
        { if (modes.isEmpty()) { throw syntaxError(); } }
        { return new Statement.SetTransaction(true, modes); }
    |
        LOOKAHEAD({ at(CONSTRAINTS) && ahead(2).kind != EQ && ahead(2).kind != TO })
        { List<SqlIdentifier> names = Collections.emptyList(); boolean deferred = false; }
        <CONSTRAINTS> ( <ALL> | names = qualifiedNames() )
        ( <DEFERRED> { deferred = true; } | <IMMEDIATE> )
        { return new Statement.SetConstraints(names, deferred); }
    |
        [
            LOOKAHEAD({ at(SESSION) && ahead(2).kind != AUTHORIZATION || at(LOCAL) })
            ( <SESSION> | <LOCAL> { scope = Statement.Scope.LOCAL; } )
        ]
        s = setVariable(scope) { return s; }
    )
}

Statement setVariable(Statement.Scope scope) :
{
    String name;
    List<SettingValue> values = new ArrayList<SettingValue>();
    SettingValue value;
    List<TransactionMode> modes;
    String text;
    SqlToken t;
}
{
    (
        LOOKAHEAD({ at(TRANSACTION) && ahead(2).kind != EQ && ahead(2).kind != TO })
        <TRANSACTION>
        [
            LOOKAHEAD({ at(SNAPSHOT) })
            <SNAPSHOT> { throw unsupported("SET TRANSACTION SNAPSHOT", last().position()); }
        ]
        modes = transactionModes()
        { if (modes.isEmpty()) { throw syntaxError(); } }
        { return new Statement.SetTransaction(false, modes); }
    |
        LOOKAHEAD({ at(TIME, ZONE) })
        <TIME> <ZONE> { name = "timezone"; }
        (
            <LOCAL> | <DEFAULT_>
        |
            /* Which fields it has is in the text already. */
            <INTERVAL>
            [ LOOKAHEAD({ at(LPAREN) }) <LPAREN> integerValue() <RPAREN> ]
            <QUOTED_STRING> { values.add(intervalSetting(last())); }
            [ LOOKAHEAD({ atIntervalField() }) intervalFields() ]
        |
            { if (!atAny(QUOTED_STRING, IDENTIFIER) && !atNumber()) { throw syntaxError(); } }
            value = settingValue() { values.add(value); }
        )
    |
        LOOKAHEAD({ at(NAMES) && ahead(2).kind != EQ && ahead(2).kind != TO })
        <NAMES> { name = "client_encoding"; }
        [ <DEFAULT_> | <QUOTED_STRING> { values.add(textSetting(last())); } ]
    |
        LOOKAHEAD({ at(ROLE) && ahead(2).kind != EQ && ahead(2).kind != TO })
        <ROLE> { name = "role"; } text = wordOrString() { values.add(textSetting(last())); }
    |
        LOOKAHEAD({ at(SESSION, AUTHORIZATION) })
        <SESSION> <AUTHORIZATION> { name = "session_authorization"; }
        ( <DEFAULT_> | text = wordOrString() { values.add(textSetting(last())); } )
    |
        LOOKAHEAD({ at(SCHEMA) && ahead(2).kind == QUOTED_STRING })
        <SCHEMA> { name = "search_path"; } <QUOTED_STRING> { values.add(textSetting(last())); }
    |
        LOOKAHEAD({ at(CATALOG) && ahead(2).kind == QUOTED_STRING })
        <CATALOG> { throw unsupported("SET CATALOG", last().position()); }
    |
        LOOKAHEAD({ at(XML) && ahead(2).kind != EQ && ahead(2).kind != TO })
        <XML> { throw unsupported("SET XML OPTION", last().position()); }
    |
        name = settingName()
        { if (at(FROM)) { throw unsupported("SET FROM CURRENT", last().position()); } }
        ( <EQ> | <TO> )
        (
            <DEFAULT_>
        |
            value = settingValue() { values.add(value); }
            ( LOOKAHEAD({ at(COMMA) }) <COMMA> value = settingValue() { values.add(value); } )*
        )
    )
    { return new Statement.SetVariable(scope, name, values); }
}

String settingName() :
{
    String name;
}
{
    columnId() { name = last().value(); }
    ( <DOT> columnId() { name = name + "." + last().value(); } )*
    { return name; }
}

SettingValue settingValue() :
{
    String number;
}
{
    (
        <QUOTED_STRING> { return textSetting(last()); }
    |
        LOOKAHEAD({ atNumber() })
        number = signedNumber() { return new SettingValue(number, SettingValue.Form.NUMBER); }
    |
        ( <TRUE> | <FALSE> | <ON> ) { return wordSetting(last()); }
    |
        nonReservedWord() { return wordSetting(last()); }
    )
}

/* The name behind RESET and SHOW; null for ALL. */
String shownName() :
{
    String name;
}
{
    (
        LOOKAHEAD({ at(ALL) }) <ALL> { return null; }
    |
        LOOKAHEAD({ at(TIME, ZONE) }) <TIME> <ZONE> { return "timezone"; }
    |
        LOOKAHEAD({ at(TRANSACTION, ISOLATION) })
        <TRANSACTION> <ISOLATION> <LEVEL> { return "transaction_isolation"; }
    |
        LOOKAHEAD({ at(SESSION, AUTHORIZATION) })
        <SESSION> <AUTHORIZATION> { return "session_authorization"; }
    |
        name = settingName() { return name; }
    )
}

Statement reset() :
{
    String name;
}
{
    <RESET> name = shownName() { return new Statement.Reset(name); }
}

Statement show() :
{
    String name;
}
{
    <SHOW> name = shownName() { return new Statement.Show(name); }
}

Statement transaction() :
{
    List<TransactionMode> modes;
    boolean chain;
    Statement s;
}
{
    (
        <BEGIN> work() modes = transactionModes() { return new Statement.Begin(false, modes); }
    |
        <START> <TRANSACTION> modes = transactionModes() { return new Statement.Begin(true, modes); }
    |
        <COMMIT>
        (
            LOOKAHEAD({ at(PREPARED) })
            <PREPARED> <QUOTED_STRING>
            {
                return new Statement.TwoPhase(
                    Statement.TwoPhaseAction.COMMIT, last().value());
            }
        |
            work() chain = chain() { return new Statement.Commit(chain); }
        )
    |
        <END> work() chain = chain() { return new Statement.Commit(chain); }
    |
        <ABORT> work() chain = chain() { return new Statement.Rollback(chain); }
    |
        <ROLLBACK> s = rollbackTail() { return s; }
    |
        <SAVEPOINT> columnId() { return new Statement.Savepoint(last().value()); }
    |
        <RELEASE> [ LOOKAHEAD({ at(SAVEPOINT) }) <SAVEPOINT> ] columnId()
        { return new Statement.ReleaseSavepoint(last().value()); }
    )
}

Statement rollbackTail() :
{
    boolean chain;
}
{
    (
        LOOKAHEAD({ at(PREPARED) })
        <PREPARED> <QUOTED_STRING>
        { return new Statement.TwoPhase(Statement.TwoPhaseAction.ROLLBACK, last().value()); }
    |
        work()
        (
            <TO> [ LOOKAHEAD({ at(SAVEPOINT) }) <SAVEPOINT> ] columnId()
            { return new Statement.RollbackToSavepoint(last().value()); }
        |
            chain = chain() { return new Statement.Rollback(chain); }
        )
    )
}

void work() :
{
}
{
    [ <WORK> | <TRANSACTION> ]
}

boolean chain() :
{
    boolean chain = true;
}
{
    [ <AND> [ <NO> { chain = false; } ] <CHAIN> { return chain; } ]
    { return false; }
}

List<TransactionMode> transactionModes() :
{
    List<TransactionMode> list = new ArrayList<TransactionMode>();
    TransactionMode mode;
}
{
    [
        LOOKAHEAD({ atAny(ISOLATION, READ, DEFERRABLE, NOT) })
        mode = transactionMode() { list.add(mode); }
        (
            LOOKAHEAD({ atAny(COMMA, ISOLATION, READ, DEFERRABLE, NOT) })
            [ <COMMA> ] mode = transactionMode() { list.add(mode); }
        )*
    ]
    { return list; }
}

TransactionMode transactionMode() :
{
}
{
    (
        <ISOLATION> <LEVEL>
        (
            <SERIALIZABLE> { return TransactionMode.SERIALIZABLE; }
        |   <REPEATABLE> <READ> { return TransactionMode.REPEATABLE_READ; }
        |
            <READ>
            (
                <COMMITTED> { return TransactionMode.READ_COMMITTED; }
            |   <UNCOMMITTED> { return TransactionMode.READ_UNCOMMITTED; }
            )
        )
    |
        <READ>
        (
            <ONLY> { return TransactionMode.READ_ONLY; }
        |   <WRITE> { return TransactionMode.READ_WRITE; }
        )
    |
        <DEFERRABLE> { return TransactionMode.DEFERRABLE; }
    |
        <NOT> <DEFERRABLE> { return TransactionMode.NOT_DEFERRABLE; }
    )
}

Statement prepare() :
{
    String name;
    List<TypeName> types = new ArrayList<TypeName>();
    TypeName type;
    Statement s;
    SqlToken start;
}
{
    <PREPARE>
    (
        LOOKAHEAD({ at(TRANSACTION) && ahead(2).kind == QUOTED_STRING })
        <TRANSACTION> <QUOTED_STRING>
        { return new Statement.TwoPhase(Statement.TwoPhaseAction.PREPARE, last().value()); }
    |
        columnId() { name = last().value(); }
        [
            <LPAREN> type = typeName() { types.add(type); }
            ( LOOKAHEAD({ at(COMMA) }) <COMMA> type = typeName() { types.add(type); } )* <RPAREN>
        ]
        <AS> { start = ahead(1); }
        s = preparable(false)
        { return new Statement.Prepare(name, types, s, textFrom(start)); }
    )
}

Statement execute() :
{
    String name;
    List<SqlNode> parameters = Collections.emptyList();
}
{
    <EXECUTE> columnId() { name = last().value(); }
    [ <LPAREN> parameters = expressions() <RPAREN> ]
    { return new Statement.Execute(name, parameters); }
}

Statement deallocate() :
{
}
{
    <DEALLOCATE> [ LOOKAHEAD({ at(PREPARE) && isLabel(2) }) <PREPARE> ]
    (
        <ALL> { return new Statement.Deallocate(null); }
    |
        columnId() { return new Statement.Deallocate(last().value()); }
    )
}

Statement declareCursor() :
{
    String name;
    boolean binary = false;
    boolean insensitive = false;
    Boolean scroll = null;
    boolean hold = false;
    Query query;
    SqlToken start;
}
{
    <DECLARE> columnId() { name = last().value(); }
    (
        <BINARY> { binary = true; }
    |   <INSENSITIVE> { insensitive = true; }
    |   <ASENSITIVE>
    |   <SCROLL> { scroll = Boolean.TRUE; }
    |   <NO> <SCROLL> { scroll = Boolean.FALSE; }
    )*
    <CURSOR>
    [ <WITH> <HOLD> { hold = true; } | <WITHOUT> <HOLD> ]
    <FOR> { start = ahead(1); }
    query = query()
    {
        return new Statement.DeclareCursor(
            name, binary, insensitive, scroll, hold, query, textFrom(start));
    }
}

Statement fetch() :
{
    boolean move;
    Statement.Direction direction = Statement.Direction.FORWARD;
    long count = 1;
}
{
    ( <FETCH> { move = false; } | <MOVE> { move = true; } )
    (
        LOOKAHEAD({ atFetchWord(NEXT) }) <NEXT>
    |
        LOOKAHEAD({ atFetchWord(PRIOR) }) <PRIOR> { direction = Statement.Direction.BACKWARD; }
    |
        LOOKAHEAD({ atFetchWord(FIRST) }) <FIRST> { direction = Statement.Direction.ABSOLUTE; }
    |
        LOOKAHEAD({ atFetchWord(LAST) })
        <LAST> { direction = Statement.Direction.ABSOLUTE; count = -1; }
    |
        LOOKAHEAD({ atFetchWord(ABSOLUTE) })
        <ABSOLUTE> count = signedCount() { direction = Statement.Direction.ABSOLUTE; }
    |
        LOOKAHEAD({ atFetchWord(RELATIVE) })
        <RELATIVE> count = signedCount() { direction = Statement.Direction.RELATIVE; }
    |
        LOOKAHEAD({ atNumber() }) count = signedCount()
    |
        LOOKAHEAD({ at(ALL) }) <ALL> { count = Long.MAX_VALUE; }
    |
        LOOKAHEAD({ atFetchWord(FORWARD) }) <FORWARD> count = optionalCount()
    |
        LOOKAHEAD({ atFetchWord(BACKWARD) })
        <BACKWARD> count = optionalCount() { direction = Statement.Direction.BACKWARD; }
    |
        {}
    )
    [ LOOKAHEAD({ at(FROM) || at(IN) }) ( <FROM> | <IN> ) ]
    columnId()
    { return new Statement.Fetch(move, direction, count, last().value()); }
}

long signedCount() :
{
    boolean negative = false;
}
{
    [ <PLUS> | <MINUS> { negative = true; } ] <UNSIGNED_INTEGER_LITERAL>
    { return negative ? -intValue(last()) : intValue(last()); }
}

long optionalCount() :
{
    long count = 1;
}
{
    [
        LOOKAHEAD({ at(ALL) || atNumber() })
        ( <ALL> { count = Long.MAX_VALUE; } | count = signedCount() )
    ]
    { return count; }
}

Statement closeCursor() :
{
}
{
    <CLOSE>
    (
        <ALL> { return new Statement.CloseCursor(null); }
    |
        columnId() { return new Statement.CloseCursor(last().value()); }
    )
}

Statement explain() :
{
    List<Option> settings = new ArrayList<Option>();
    Statement s;
}
{
    <EXPLAIN>
    (
        LOOKAHEAD({ at(LPAREN) && !atQuery(2) && ahead(2).kind != LPAREN })
        <LPAREN> settings = genericOptions() <RPAREN>
    |
        [
            ( <ANALYZE> | <ANALYSE> ) { settings.add(flag("analyze", last())); }
        ]
        [ <VERBOSE> { settings.add(flag("verbose", last())); } ]
    )
    s = explainable()
    { return new Statement.Explain(settings, s); }
}

Statement explainable() :
{
    Statement s;
}
{
    (
        LOOKAHEAD({ at(CREATE) }) s = create()
        { if (!(isQueryBearing(s))) { throw syntaxErrorBefore(); } }
    |
        s = declareCursor()
    |
        s = execute()
    |
        s = refresh()
    |
        s = preparable(true)
    )
    { return s; }
}

Statement analyze() :
{
    List<Option> settings = new ArrayList<Option>();
    List<Statement.Relation> relations;
}
{
    ( <ANALYZE> | <ANALYSE> )
    [
        LOOKAHEAD({ atAny(LPAREN, VERBOSE) })
        (
            <LPAREN> settings = genericOptions() <RPAREN>
        |
            <VERBOSE> { settings.add(flag("verbose", last())); }
        )
    ]
    relations = relations()
    { return new Statement.Analyze(settings, relations); }
}

Statement vacuum() :
{
    List<Option> settings = new ArrayList<Option>();
    List<Statement.Relation> relations;
}
{
    <VACUUM>
    (
        LOOKAHEAD({ at(LPAREN) }) <LPAREN> settings = genericOptions() <RPAREN>
    |
        [ <FULL> { settings.add(flag("full", last())); } ]
        [ <FREEZE> { settings.add(flag("freeze", last())); } ]
        [ <VERBOSE> { settings.add(flag("verbose", last())); } ]
        [ ( <ANALYZE> | <ANALYSE> ) { settings.add(flag("analyze", last())); } ]
    )
    relations = relations()
    { return new Statement.Vacuum(settings, relations); }
}

List<Statement.Relation> relations() :
{
    List<Statement.Relation> list = new ArrayList<Statement.Relation>();
    Statement.Relation relation;
}
{
    [
        LOOKAHEAD({ !at(SEMICOLON) && !at(EOF) })
        relation = relationWithColumns() { list.add(relation); }
        ( LOOKAHEAD({ at(COMMA) }) <COMMA> relation = relationWithColumns() { list.add(relation); } )*
    ]
    { return list; }
}

Statement.Relation relationWithColumns() :
{
    SqlIdentifier name;
    List<SqlIdentifier> columns = Collections.emptyList();
}
{
    name = qualifiedName() [ columns = parenthesizedNames() ]
    { return new Statement.Relation(name, columns); }
}

Statement reindex() :
{
    List<Option> settings = new ArrayList<Option>();
    Statement.ReindexTarget target;
    boolean concurrently = false;
    SqlIdentifier name;
}
{
    <REINDEX>
    [ <LPAREN> settings = genericOptions() <RPAREN> ]
    ( <INDEX> | <TABLE> | <SCHEMA> | <SYSTEM> | <DATABASE> )
    { target = Statement.ReindexTarget.valueOf(last().value().toUpperCase(Locale.ROOT)); }
    [ LOOKAHEAD({ at(CONCURRENTLY) }) <CONCURRENTLY> { concurrently = true; } ]
    name = qualifiedName()
    { return new Statement.Reindex(target, concurrently, name, settings); }
}

Statement cluster() :
{
    boolean verbose = false;
    SqlIdentifier table = null;
    SqlIdentifier index = null;
}
{
    <CLUSTER> [ LOOKAHEAD({ at(VERBOSE) }) <VERBOSE> { verbose = true; } ]
    [
        LOOKAHEAD({ !at(SEMICOLON) && !at(EOF) })
        table = qualifiedName() [ <USING> index = name() ]
    ]
    { return new Statement.Cluster(table, index, verbose); }
}

Statement discard() :
{
}
{
    <DISCARD>
    (
        <ALL> { return new Statement.Discard(Statement.DiscardTarget.ALL); }
    |   <PLANS> { return new Statement.Discard(Statement.DiscardTarget.PLANS); }
    |   <SEQUENCES> { return new Statement.Discard(Statement.DiscardTarget.SEQUENCES); }
    |   ( <TEMP> | <TEMPORARY> ) { return new Statement.Discard(Statement.DiscardTarget.TEMP); }
    )
}

Statement lockTable() :
{
    List<SqlIdentifier> tables = new ArrayList<SqlIdentifier>();
    SqlIdentifier table;
    String mode = "ACCESS EXCLUSIVE";
    boolean nowait = false;
}
{
    <LOCK> [ LOOKAHEAD({ at(TABLE) }) <TABLE> ]
    table = relation() { tables.add(table); } ( LOOKAHEAD({ at(COMMA) }) <COMMA> table = relation() { tables.add(table); } )*
    [ <IN> mode = lockMode() <MODE> ]
    [ <NOWAIT> { nowait = true; } ]
    { return new Statement.LockTable(tables, mode, nowait); }
}

String lockMode() :
{
}
{
    (
        <ACCESS>
        (
            <SHARE> { return "ACCESS SHARE"; }
        |   <EXCLUSIVE> { return "ACCESS EXCLUSIVE"; }
        )
    |
        <ROW>
        (
            <SHARE> { return "ROW SHARE"; }
        |   <EXCLUSIVE> { return "ROW EXCLUSIVE"; }
        )
    |
        <SHARE>
        [
            <UPDATE> <EXCLUSIVE> { return "SHARE UPDATE EXCLUSIVE"; }
        |   <ROW> <EXCLUSIVE> { return "SHARE ROW EXCLUSIVE"; }
        ]
        { return "SHARE"; }
    |
        <EXCLUSIVE> { return "EXCLUSIVE"; }
    )
}

Statement listen() :
{
    String channel;
    String payload = null;
}
{
    (
        <LISTEN> columnId() { return new Statement.Listen(last().value()); }
    |
        <UNLISTEN>
        (
            <STAR> { return new Statement.Unlisten(null); }
        |
            columnId() { return new Statement.Unlisten(last().value()); }
        )
    |
        <NOTIFY> columnId() { channel = last().value(); }
        [ <COMMA> <QUOTED_STRING> { payload = last().value(); } ]
        { return new Statement.Notify(channel, payload); }
    )
}

Statement checkpoint() :
{
}
{
    <CHECKPOINT> { return new Statement.Checkpoint(); }
}

Statement doBlock() :
{
    String language = null;
    String body = null;
}
{
    <DO>
    (
        LOOKAHEAD({ atAny(QUOTED_STRING, LANGUAGE) })
        (
            <QUOTED_STRING>
            {
                if (body != null) {
                    throw error("conflicting or redundant options", last().position());
                }
                body = last().value();
            }
        |
            <LANGUAGE>
            {
                if (language != null) {
                    throw error("conflicting or redundant options", last().position());
                }
            }
            language = wordOrString()
        )
    )+
    {
        if (body == null) {
            throw error("no inline code specified", 0);
        }
        return new Statement.Do(language, body);
    }
}

Statement call() :
{
    SqlNode e;
}
{
    <CALL> e = tableFunctionCall() { return new Statement.Call((ExpressionNode) e); }
}
