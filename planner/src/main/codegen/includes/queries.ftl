/* Queries. */

Query query() :
{
    SqlToken start = ahead(1);
    Query.With with = null;
    Query q;
}
{
    { beginQuery(); }
    [ with = withClause() ]
    q = queryPrimary()
    q = queryFrom(q, with, start)
    { endQuery(); return q; }
}

/* What follows the first operand of a query: more operands, then ORDER BY and its like. */
Query queryFrom(Query q, Query.With with, SqlToken start) :
{
    Query.Clauses tail;
}
{
    q = setOperations(q, 1, start)
    tail = queryTail(with)
    { return withTail(q, tail, start.position()); }
}

Query setOperations(Query q, int minimum, SqlToken start) :
{
    Query.SetOperator operator;
    boolean all;
    int level;
    Query right;
    SqlToken rightStart;
}
{
    (
        LOOKAHEAD({ setOperatorLevel() >= minimum })
        { level = setOperatorLevel(); all = false; }
        ( <UNION> | <INTERSECT> | <EXCEPT> )
        { operator = Query.SetOperator.valueOf(last().value().toUpperCase(Locale.ROOT)); }
        [ <ALL> { all = true; } | <DISTINCT> ]
        { rightStart = ahead(1); }
        right = queryPrimary()
        right = setOperations(right, level + 1, rightStart)
        { q = setOperation(operator, all, q, right, start.position()); }
    )*
    { return q; }
}

Query queryPrimary() :
{
    SqlToken start = ahead(1);
    Query q;
    List<List<SqlNode>> rows = new ArrayList<List<SqlNode>>();
    List<SqlNode> row;
    SqlIdentifier table;
}
{
    (
        q = select()
    |
        <VALUES> <LPAREN> row = expressions() <RPAREN> { rows.add(row); }
        ( LOOKAHEAD({ at(COMMA) }) <COMMA> <LPAREN> row = expressions() <RPAREN> { rows.add(row); } )*
        { q = values(rows, start.position()); }
    |
        <TABLE> table = relation() { q = table(table, start.position()); }
    |
        q = parenthesizedQuery()
    )
    { return q; }
}

Query select() :
{
    SqlToken start = ahead(1);
    SelectBuilder select = new SelectBuilder();
    List<SqlNode> list;
    SqlNode e;
    FromItem item;
    SelectItem target;
    GroupingElement element;
    SqlIdentifier name;
    WindowSpecification window;
}
{
    <SELECT>
    [
        <ALL>
    |
        <DISTINCT> { select.distinct = true; }
        [
            LOOKAHEAD({ at(ON) })
            <ON> <LPAREN> list = expressions() <RPAREN> { select.distinctOn.addAll(list); }
        ]
    ]
    [
        LOOKAHEAD({ select.distinct || atSelectItem() })
        target = selectItem() { select.items.add(target); }
        ( LOOKAHEAD({ at(COMMA) }) <COMMA> target = selectItem() { select.items.add(target); } )*
    ]
    [ intoClause(start) ]
    [ select.from = fromClause() ]
    [ <WHERE> e = expression() { select.where = e; } ]
    [
        <GROUP> <BY> [ <ALL> | <DISTINCT> { select.groupByDistinct = true; } ]
        element = groupingElement() { select.groupBy.add(element); }
        ( LOOKAHEAD({ at(COMMA) }) <COMMA> element = groupingElement() { select.groupBy.add(element); } )*
    ]
    [ <HAVING> e = expression() { select.having = e; } ]
    [
        <WINDOW> name = name() <AS> window = windowSpecification()
        { select.windows.add(new WindowSpecification.Named(name, window)); }
        (
            LOOKAHEAD({ at(COMMA) }) <COMMA> name = name() <AS> window = windowSpecification()
            { select.windows.add(new WindowSpecification.Named(name, window)); }
        )*
    ]
    { return select.build(start.position()); }
}

SelectItem selectItem() :
{
    SqlNode e;
    SqlIdentifier alias = null;
}
{
    (
        LOOKAHEAD({ at(STAR) }) <STAR> { e = SqlIdentifier.star(from(last())); }
    |
        e = expression()
        [
            LOOKAHEAD({ at(AS) || isBareLabel() })
            ( <AS> label() | bareLabel() ) { alias = identifier(); }
        ]
    )
    { return new SelectItem(e, alias); }
}

List<SelectItem> selectItems() :
{
    List<SelectItem> list = new ArrayList<SelectItem>();
    SelectItem item;
}
{
    item = selectItem() { list.add(item); }
    ( LOOKAHEAD({ at(COMMA) }) <COMMA> item = selectItem() { list.add(item); } )*
    { return list; }
}

void intoClause(SqlToken select) :
{
    SqlToken t;
    Statement.Persistence persistence = Statement.Persistence.PERMANENT;
    SqlIdentifier table;
}
{
    <INTO> { t = last(); }
    [
        LOOKAHEAD({ atPersistence() && (ahead(2).kind == TABLE || isColumnId(2)) })
        persistence = persistence()
    ]
    [ <TABLE> ]
    table = qualifiedName()
    { setInto(new IntoClause(persistence, table, select.position())); }
}

Statement.Persistence persistence() :
{
}
{
    (
        [ <LOCAL> | <GLOBAL> ] ( <TEMPORARY> | <TEMP> )
        { return Statement.Persistence.TEMPORARY; }
    |
        <UNLOGGED> { return Statement.Persistence.UNLOGGED; }
    )
}

List<FromItem> fromClause() :
{
    List<FromItem> list;
}
{
    <FROM> list = fromList() { return list; }
}

List<FromItem> fromList() :
{
    List<FromItem> list = new ArrayList<FromItem>();
    FromItem item;
}
{
    item = fromItem() { list.add(item); } ( LOOKAHEAD({ at(COMMA) }) <COMMA> item = fromItem() { list.add(item); } )*
    { return list; }
}

FromItem fromItem() :
{
    FromItem item;
}
{
    item = fromPrimary()
    item = joins(item)
    { return item; }
}

FromItem joins(FromItem item) :
{
    int chain = 0;
}
{
    ( LOOKAHEAD({ atJoin() }) { enter(); chain++; } item = join(item) )*
    { leave(chain); return item; }
}

/* One join. A join without condition binds to its right neighbour alone; one with a condition
   takes further joins to its right until its ON or USING comes. */
FromItem join(FromItem left) :
{
    SqlToken start = ahead(1);
    FromItem.JoinKind kind = FromItem.JoinKind.INNER;
    boolean natural = false;
    FromItem right;
    SqlNode on = null;
    List<SqlIdentifier> using = Collections.emptyList();
    SqlIdentifier alias = null;
}
{
    (
        <CROSS> <JOIN> right = fromPrimary() { kind = FromItem.JoinKind.CROSS; }
    |
        <NATURAL> kind = joinKind() <JOIN> right = fromPrimary() { natural = true; }
    |
        kind = joinKind() <JOIN> right = fromPrimary() right = joins(right)
        (
            <ON> on = expression()
        |
            <USING> using = parenthesizedNames()
            [ LOOKAHEAD({ at(AS) }) <AS> alias = name() ]
        )
    )
    {
        return new FromItem.Join(
            kind, left, right, natural, using, alias, on, null, start.position());
    }
}

FromItem.JoinKind joinKind() :
{
    FromItem.JoinKind kind = FromItem.JoinKind.INNER;
}
{
    [
        <INNER>
    |
        (
            <LEFT> { kind = FromItem.JoinKind.LEFT; }
        |   <RIGHT> { kind = FromItem.JoinKind.RIGHT; }
        |   <FULL> { kind = FromItem.JoinKind.FULL; }
        )
        [ <OUTER> ]
    ]
    { return kind; }
}

FromItem fromPrimary() :
{
    SqlToken start = ahead(1);
    boolean lateral = false;
    FromItem item;
    FromItem.Alias alias = null;
    Object content;
    FromItem.Sample sample = null;
    SqlNode asOf = null;
    SqlIdentifier name;
}
{
    [ <LATERAL> { lateral = true; } ]
    (
        LOOKAHEAD({ at(LPAREN) })
        <LPAREN> content = fromParenthesis(lateral) <RPAREN>
        { item = parenthesizedItem(content, lateral, start.position()); }
        [ LOOKAHEAD({ atAlias() }) alias = alias(false) ]
        { return aliased(item, alias); }
    |
        LOOKAHEAD({ at(ROWS, FROM) || atTableFunction() })
        item = tableFunction(lateral, start) { return item; }
    |
        LOOKAHEAD({ at(XMLTABLE, LPAREN) })
        <XMLTABLE> { throw unsupported("XMLTABLE", start.position()); }
    |
        { refuseFunctionName(); }
        name = relation()
        { if (lateral) { throw syntaxError(); } }
        [ LOOKAHEAD({ atSystemTime() }) asOf = systemTime() ]
        [ LOOKAHEAD({ atAlias() }) alias = alias(false) ]
        [ sample = sample() ]
        [ LOOKAHEAD({ asOf == null && atSystemTime() }) asOf = systemTime() ]
        { return new FromItem.Table(name, alias, sample, asOf); }
    )
}

/* A table by name; ONLY and a trailing star mean nothing without inheritance. */
SqlIdentifier relation() :
{
    SqlIdentifier name;
}
{
    (
        <ONLY> ( <LPAREN> name = qualifiedName() <RPAREN> | name = qualifiedName() )
    |
        name = qualifiedName() [ LOOKAHEAD({ at(STAR) }) <STAR> ]
    )
    { return name; }
}

/* A table whose rows are changed. */
SqlIdentifier changed() :
{
    SqlIdentifier name;
}
{
    name = relation()
    { if (atSystemTime()) { throw unsupported("FOR SYSTEM_TIME of a table that is changed", ahead(1).position()); } }
    { return name; }
}

/* Behind the parenthesis: a Query or a FromItem. */
Object fromParenthesis(boolean lateral) :
{
    SqlToken start = ahead(1);
    Object content;
    Query q;
    FromItem item;
    FromItem.Alias alias = null;
}
{
    { enter(); }
    (
        LOOKAHEAD({ atQuery() }) content = query()
    |
        LOOKAHEAD({ at(LPAREN) })
        <LPAREN> content = fromParenthesis(false) <RPAREN>
        (
            LOOKAHEAD({ content instanceof Query && atQueryTail() })
            content = queryFrom((Query) content, null, start)
        |
            LOOKAHEAD({ content instanceof FromItem || !at(RPAREN) })
            { item = parenthesizedItem(content, false, start.position()); }
            [ LOOKAHEAD({ atAlias() }) alias = alias(false) ]
            {
                item = aliased(item, alias);
                if (!atJoin() && !(content instanceof FromItem && alias == null)) {
                    throw syntaxError();
                }
            }
            content = joins(item)
        |
            {}
        )
    |
        item = fromPrimary()
        { if (!atJoin()) { throw syntaxError(); } }
        content = joins(item)
    )
    { leave(); return content; }
}

FromItem tableFunction(boolean lateral, SqlToken start) :
{
    List<FromItem.FunctionItem> functions = new ArrayList<FromItem.FunctionItem>();
    List<FromItem.ColumnDefinition> definitions;
    FromItem.Alias alias = null;
    boolean rowsFrom = false;
    boolean ordinality = false;
    SqlNode e;
}
{
    (
        LOOKAHEAD({ at(ROWS, FROM) })
        <ROWS> <FROM> <LPAREN> { rowsFrom = true; }
        functionItem(functions) ( LOOKAHEAD({ at(COMMA) }) <COMMA> functionItem(functions) )* <RPAREN>
    |
        e = tableFunctionCall()
        {
            functions.add(new FromItem.FunctionItem(
                e, Collections.<FromItem.ColumnDefinition>emptyList()));
        }
    )
    [ LOOKAHEAD({ at(WITH, ORDINALITY) }) <WITH> <ORDINALITY> { ordinality = true; } ]
    [ LOOKAHEAD({ atAlias() || at(AS, LPAREN) }) alias = alias(true) ]
    {
        return new FromItem.Functions(
            functions, rowsFrom, ordinality, lateral, alias, start.position());
    }
}

void functionItem(List<FromItem.FunctionItem> functions) :
{
    SqlNode e;
    List<FromItem.ColumnDefinition> definitions = Collections.emptyList();
}
{
    e = tableFunctionCall()
    [ <AS> <LPAREN> definitions = columnDefinitions() <RPAREN> ]
    { functions.add(new FromItem.FunctionItem(e, definitions)); }
}

SqlNode tableFunctionCall() :
{
    SqlToken start = ahead(1);
    List<SqlToken> parts = new ArrayList<SqlToken>();
    SqlNode e;
}
{
    (
        LOOKAHEAD({ atValueKeyword() }) e = valueKeyword()
    |
        LOOKAHEAD({ ahead(2).kind == LPAREN && atSyntaxFunction() }) e = syntaxFunction()
    |
        label() { parts.add(last()); }
        ( LOOKAHEAD({ at(DOT) }) <DOT> label() { parts.add(last()); } )*
        e = functionCall(start, identifier(parts))
        { if (!(isFunction(e))) { throw syntaxErrorBefore(); } }
    )
    { return e; }
}

FromItem.Alias alias(boolean function) :
{
    SqlIdentifier name = null;
    List<SqlIdentifier> columns = Collections.emptyList();
    List<FromItem.ColumnDefinition> definitions = Collections.emptyList();
}
{
    (
        LOOKAHEAD({ function && at(AS, LPAREN) })
        <AS> <LPAREN> definitions = columnDefinitions() <RPAREN>
    |
        [ <AS> ] name = name()
        [
            LOOKAHEAD({ at(LPAREN) })
            <LPAREN>
            (
                LOOKAHEAD({ function && !atListedName() }) definitions = columnDefinitions()
            |
                columns = names()
            )
            <RPAREN>
        ]
    )
    { return new FromItem.Alias(name, columns, definitions); }
}

List<FromItem.ColumnDefinition> columnDefinitions() :
{
    List<FromItem.ColumnDefinition> list = new ArrayList<FromItem.ColumnDefinition>();
    SqlIdentifier name;
    TypeName type;
}
{
    name = name() type = typeName() { list.add(new FromItem.ColumnDefinition(name, type)); }
    (
        LOOKAHEAD({ at(COMMA) }) <COMMA> name = name() type = typeName()
        { list.add(new FromItem.ColumnDefinition(name, type)); }
    )*
    { return list; }
}

FromItem.Sample sample() :
{
    SqlIdentifier method;
    List<SqlNode> arguments;
    SqlNode seed = null;
}
{
    <TABLESAMPLE> method = functionName() <LPAREN> arguments = expressions() <RPAREN>
    [ LOOKAHEAD({ at(REPEATABLE, LPAREN) }) <REPEATABLE> <LPAREN> seed = expression() <RPAREN> ]
    { return new FromItem.Sample(method, arguments, seed); }
}

/* FOR SYSTEM_TIME AS OF moment: at the end of a query, or with a table. */
SqlNode systemTime() :
{
    SqlNode moment;
}
{
    <FOR> nonReservedWord()
    ( <AS> <OF> moment = expression() | { throw unsupported("FOR SYSTEM_TIME without AS OF", ahead(1).position()); } )
    { return moment; }
}

SqlIdentifier functionName() :
{
    List<SqlToken> parts = new ArrayList<SqlToken>();
}
{
    nonReservedWord() { parts.add(last()); }
    ( LOOKAHEAD({ at(DOT) }) <DOT> label() { parts.add(last()); } )*
    { return qualified(parts); }
}

GroupingElement groupingElement() :
{
    List<SqlNode> list;
    List<GroupingElement> elements = new ArrayList<GroupingElement>();
    GroupingElement element;
    SqlNode e;
}
{
    (
        LOOKAHEAD({ at(LPAREN, RPAREN) }) <LPAREN> <RPAREN> { return new GroupingElement.Empty(); }
    |
        LOOKAHEAD({ at(ROLLUP, LPAREN) })
        <ROLLUP> <LPAREN> list = expressions() <RPAREN>
        { return new GroupingElement.Rollup(list); }
    |
        LOOKAHEAD({ at(CUBE, LPAREN) })
        <CUBE> <LPAREN> list = expressions() <RPAREN>
        { return new GroupingElement.Cube(list); }
    |
        LOOKAHEAD({ at(GROUPING, SETS) })
        { enter(); }
        <GROUPING> <SETS> <LPAREN> element = groupingElement() { elements.add(element); }
        ( LOOKAHEAD({ at(COMMA) }) <COMMA> element = groupingElement() { elements.add(element); } )* <RPAREN>
        { leave(); return new GroupingElement.Sets(elements); }
    |
        e = expression() { return new GroupingElement.Plain(e); }
    )
}

Query.Clauses queryTail(Query.With with) :
{
    List<OrderItem> order = Collections.emptyList();
    SqlNode limit = null;
    SqlNode offset = null;
    boolean withTies = false;
    boolean limited = false;
    boolean locked = false;
    List<Query.Locking> locking = new ArrayList<Query.Locking>();
    Query.Locking lock;
    SqlNode asOf = null;
    SqlToken start;
}
{
    [ order = orderBy() ]
    (
        LOOKAHEAD({ atAny(LIMIT, FETCH, OFFSET, FOR) })
      (
        LOOKAHEAD({ !limited && atAny(LIMIT, FETCH) })
        { limited = true; start = ahead(1); }
        (
            <LIMIT> ( <ALL> | limit = expression() )
            [
                LOOKAHEAD({ at(COMMA) })
                <COMMA>
                {
                    throw error("LIMIT #,# syntax is not supported", start.position())
                        .withHint("Use separate LIMIT and OFFSET clauses.");
                }
            ]
        |
            <FETCH> ( <FIRST> | <NEXT> )
            (
                LOOKAHEAD({ at(ROW) || at(ROWS) }) { limit = integer(1, from(last())); }
            |
                limit = fetchCount()
            )
            ( <ROW> | <ROWS> )
            ( <ONLY> | <WITH> <TIES> { withTies = true; } )
        )
    |
        LOOKAHEAD({ offset == null && at(OFFSET) })
        <OFFSET> offset = expression() [ <ROW> | <ROWS> ]
    |
        LOOKAHEAD({ asOf == null && atSystemTime() })
        asOf = systemTime()
    |
        LOOKAHEAD({ at(FOR) && !locked })
        { locked = true; }
        ( LOOKAHEAD({ at(FOR) && !atSystemTime() }) lock = locking() { if (lock != null) { locking.add(lock); } } )+
      )
    )*
    {
        if (withTies && order.isEmpty()) {
            throw error("WITH TIES cannot be specified without ORDER BY clause", 0);
        }
        return with == null && order.isEmpty() && limit == null && offset == null
                && locking.isEmpty() && asOf == null
            ? Query.Clauses.NONE
            : new Query.Clauses(with, order, limit, withTies, offset, locking, asOf);
    }
}

SqlNode fetchCount() :
{
    SqlToken start = ahead(1);
    OperatorName name;
    SqlNode e;
}
{
    (
        ( <PLUS> | <MINUS> ) { name = new OperatorName(null, last().value(), last().position()); }
        ( <UNSIGNED_INTEGER_LITERAL> | <DECIMAL_NUMERIC_LITERAL> )
        { e = sign(start, name, number(last())); }
    |
        e = primary()
    )
    { return e; }
}

Query.Locking locking() :
{
    Query.LockStrength strength;
    List<SqlIdentifier> tables = Collections.emptyList();
    Query.LockWait wait = Query.LockWait.WAIT;
}
{
    <FOR>
    (
        <READ> <ONLY> { return null; }
    |
        (
            <UPDATE> { strength = Query.LockStrength.UPDATE; }
        |   <NO> <KEY> <UPDATE> { strength = Query.LockStrength.NO_KEY_UPDATE; }
        |   <SHARE> { strength = Query.LockStrength.SHARE; }
        |   <KEY> <SHARE> { strength = Query.LockStrength.KEY_SHARE; }
        )
    )
    [ <OF> tables = qualifiedNames() ]
    [
        <NOWAIT> { wait = Query.LockWait.NOWAIT; }
    |   <SKIP_> <LOCKED> { wait = Query.LockWait.SKIP_LOCKED; }
    ]
    { return new Query.Locking(strength, tables, wait); }
}

Query.With withClause() :
{
    boolean recursive = false;
    List<Query.CommonTable> tables = new ArrayList<Query.CommonTable>();
    Query.CommonTable table;
}
{
    <WITH> [ LOOKAHEAD({ at(RECURSIVE) }) <RECURSIVE> { recursive = true; } ]
    table = commonTable() { tables.add(table); }
    ( LOOKAHEAD({ at(COMMA) }) <COMMA> table = commonTable() { tables.add(table); } )*
    { return new Query.With(recursive, tables); }
}

Query.CommonTable commonTable() :
{
    SqlIdentifier name;
    List<SqlIdentifier> columns = Collections.emptyList();
    Query.Materialization materialization = Query.Materialization.DEFAULT;
    Statement statement;
    Query.Search search = null;
    Query.Cycle cycle = null;
}
{
    name = name()
    [ columns = parenthesizedNames() ]
    <AS>
    [
        <MATERIALIZED> { materialization = Query.Materialization.MATERIALIZED; }
    |   <NOT> <MATERIALIZED> { materialization = Query.Materialization.NOT_MATERIALIZED; }
    ]
    <LPAREN> { beginQuery(); } statement = preparable(false) { endQuery(); } <RPAREN>
    [ LOOKAHEAD({ at(SEARCH) }) search = searchClause() ]
    [ LOOKAHEAD({ at(CYCLE) }) cycle = cycleClause() ]
    { return new Query.CommonTable(name, columns, materialization, statement, search, cycle); }
}

Query.Search searchClause() :
{
    boolean breadth = false;
    int position;
    List<SqlIdentifier> columns;
    SqlIdentifier sequence;
}
{
    <SEARCH> { position = last().position(); }
    ( <DEPTH> | <BREADTH> { breadth = true; } )
    <FIRST> <BY> columns = names() <SET> sequence = name()
    { return new Query.Search(breadth, columns, sequence, position); }
}

Query.Cycle cycleClause() :
{
    int position;
    List<SqlIdentifier> columns;
    SqlIdentifier mark;
    SqlNode value = null;
    SqlNode otherwise = null;
    SqlIdentifier path;
}
{
    <CYCLE> { position = last().position(); }
    columns = names() <SET> mark = name()
    [ <TO> value = restrictedExpression() <DEFAULT_> otherwise = restrictedExpression() ]
    <USING> path = name()
    { return new Query.Cycle(columns, mark, value, otherwise, path, position); }
}
