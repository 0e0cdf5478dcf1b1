/* Expressions. Operators are parsed by precedence climbing over PostgreSQL's levels (see
   ParserSupport), never by syntactic lookahead, so that the cost is linear in the text. Choices
   that begin with a name look at the token's keyword category. */

SqlNode expression() :
{
    SqlNode e;
}
{
    e = operators(OR_LEVEL, false) { return e; }
}

/* PostgreSQL's b_expr: no boolean connectives, no BETWEEN, IN, LIKE or IS NULL. */
SqlNode restrictedExpression() :
{
    SqlNode e;
}
{
    e = operators(OR_LEVEL, true) { return e; }
}

List<SqlNode> expressions() :
{
    List<SqlNode> list = new ArrayList<SqlNode>();
    SqlNode e;
}
{
    e = expression() { list.add(e); }
    ( LOOKAHEAD({ at(COMMA) }) <COMMA> e = expression() { list.add(e); } )*
    { return list; }
}

SqlNode operators(int minimum, boolean restricted) :
{
    SqlToken start = ahead(1);
    SqlNode e;
}
{
    { enter(); }
    e = prefixed(restricted)
    e = operatorTails(start, e, minimum, restricted)
    { leave(); return e; }
}

SqlNode operatorTails(SqlToken start, SqlNode e, int minimum, boolean restricted) :
{
}
{
    (
        LOOKAHEAD({ operatorLevel(restricted) >= minimum })
        e = operatorTail(start, e, restricted)
    )*
    { return e; }
}

SqlNode prefixed(boolean restricted) :
{
    SqlToken start = ahead(1);
    OperatorName name;
    SqlNode e;
}
{
    (
        LOOKAHEAD({ at(NOT) && !restricted })
        <NOT> e = operators(NOT_LEVEL, false)
        { return logical(start, Expression.Connective.NOT, Collections.singletonList(e)); }
    |
        LOOKAHEAD({ atAny(PLUS, MINUS) })
        ( <PLUS> | <MINUS> ) { name = new OperatorName(null, last().value(), last().position()); }
        e = operators(SIGN_LEVEL, restricted)
        { return sign(start, name, e); }
    |
        LOOKAHEAD({ at(SYMBOL) || at(OPERATOR, LPAREN) })
        name = operatorName() e = operators(SYMBOL_LEVEL + 1, restricted)
        { return operator(start, name, null, e); }
    |
        e = primary() { return e; }
    )
}

SqlNode operatorTail(SqlToken start, SqlNode left, boolean restricted) :
{
    List<SqlNode> operands = new ArrayList<SqlNode>();
    int level = operatorLevel(restricted);
    boolean negated = false;
    OperatorName name;
    SqlNode e;
    SqlIdentifier collation;
    SqlToken t;
}
{
    (
        { operands.add(left); }
        ( LOOKAHEAD({ at(OR) }) <OR> e = operators(AND_LEVEL, false) { operands.add(e); } )+
        { return logical(start, Expression.Connective.OR, operands); }
    |
        { operands.add(left); }
        ( LOOKAHEAD({ at(AND) }) <AND> e = operators(NOT_LEVEL, false) { operands.add(e); } )+
        { return logical(start, Expression.Connective.AND, operands); }
    |
        <IS> e = isTail(start, left, restricted) { return e; }
    |
        <ISNULL> { return node(start, new Expression.Is(left, Expression.Truth.NULL, false)); }
    |
        <NOTNULL> { return node(start, new Expression.Is(left, Expression.Truth.NULL, true)); }
    |
        LOOKAHEAD({ level == MATCH_LEVEL })
        [ <NOT> { negated = true; } ] e = matchTail(start, left, negated) { return e; }
    |
        <AT> <TIME> <ZONE> e = operators(COLLATE_LEVEL, restricted)
        { return function(start, "timezone", from(start), Arrays.asList(e, left)); }
    |
        <COLLATE> { t = last(); } collation = qualifiedName()
        { return node(start, new Expression.Collate(left, collation, t.position())); }
    |
        name = operatorName()
        (
            LOOKAHEAD({ atAny(ANY, SOME, ALL) })
            e = quantifiedTail(start, left, name)
        |
            e = operators(level + 1, restricted)
            { if (level == COMPARISON_LEVEL) { rejectChain(level, restricted); } }
            { e = operator(start, name, left, e); }
        )
        { return e; }
    )
}

OperatorName operatorName() :
{
    String schema = null;
    SqlToken start = ahead(1);
}
{
    (
        <OPERATOR> <LPAREN>
        ( LOOKAHEAD({ isColumnId(1) }) columnId() { schema = last().value(); } <DOT> )*
        symbol() { start = last(); } <RPAREN>
        { return new OperatorName(schema, start.value(), start.position()); }
    |
        symbol() { return new OperatorName(null, last().value(), last().position()); }
    )
}

void symbol() :
{
}
{
    <SYMBOL> | <LT> | <GT> | <EQ> | <LE> | <GE> | <NE> | <PLUS> | <MINUS> | <STAR> | <SLASH>
|   <PERCENT_REMAINDER> | <CARET>
}

SqlNode isTail(SqlToken start, SqlNode left, boolean restricted) :
{
    boolean negated = false;
    SqlNode e;
    SqlToken t = last();
    String form = "NFC";
}
{
    [ <NOT> { negated = true; } ]
    (
        <NULL> { return node(start, new Expression.Is(left, Expression.Truth.NULL, negated)); }
    |   <TRUE> { return node(start, new Expression.Is(left, Expression.Truth.TRUE, negated)); }
    |   <FALSE> { return node(start, new Expression.Is(left, Expression.Truth.FALSE, negated)); }
    |   <UNKNOWN> { return node(start, new Expression.Is(left, Expression.Truth.UNKNOWN, negated)); }
    |   <DOCUMENT> { throw unsupported("IS DOCUMENT", t.position()); }
    |
        [ ( <NFC> | <NFD> | <NFKC> | <NFKD> ) { form = last().value().toUpperCase(Locale.ROOT); } ]
        <NORMALIZED>
        {
            e = function(start, "is_normalized", from(start), Arrays.asList(left, text(form)));
            return negated
                ? logical(start, Expression.Connective.NOT, Collections.singletonList(e)) : e;
        }
    |
        <DISTINCT> <FROM> e = operators(COMPARISON_LEVEL, restricted)
        {
            rejectChain(IS_LEVEL, restricted);
            return node(start, new Expression.DistinctFrom(left, e, negated, t.position()));
        }
    )
}

/* BETWEEN, IN, LIKE, ILIKE and SIMILAR TO. */
SqlNode matchTail(SqlToken start, SqlNode left, boolean negated) :
{
    SqlToken t = negated ? last() : ahead(1);
    boolean symmetric = false;
    SqlNode low;
    SqlNode e = null;
    Object content;
    String symbol;
}
{
    (
        <BETWEEN> [ <SYMMETRIC> { symmetric = true; } | <ASYMMETRIC> ]
        low = restrictedExpression() <AND> e = operators(SYMBOL_LEVEL, false)
        {
            rejectChain(MATCH_LEVEL, false);
            return node(start,
                new Expression.Between(left, low, e, symmetric, negated, t.position()));
        }
    |
        <IN> <LPAREN> content = parenthesisContent() <RPAREN>
        { return in(start, left, content, negated, t.position()); }
    |
        (
            <LIKE> { symbol = negated ? "!~~" : "~~"; }
        |   <ILIKE> { symbol = negated ? "!~~*" : "~~*"; }
        )
        (
            LOOKAHEAD({ atAny(ANY, SOME, ALL) })
            e = quantifiedTail(start, left, new OperatorName(null, symbol, t.position()))
        |
            e = pattern("like_escape", false)
            { e = operator(start, new OperatorName(null, symbol, t.position()), left, e); }
        )
        { return e; }
    |
        <SIMILAR> <TO> e = pattern("similar_to_escape", true)
        {
            return operator(start,
                new OperatorName(null, negated ? "!~" : "~", t.position()), left, e);
        }
    )
}

/* The right side of LIKE or SIMILAR TO with its ESCAPE. */
SqlNode pattern(String function, boolean always) :
{
    SqlToken start = ahead(1);
    List<SqlNode> arguments = new ArrayList<SqlNode>();
    SqlNode e;
}
{
    e = operators(MATCH_LEVEL + 1, false) { arguments.add(e); }
    [ LOOKAHEAD({ at(ESCAPE) }) <ESCAPE> e = operators(MATCH_LEVEL + 1, false) { arguments.add(e); } ]
    {
        rejectChain(MATCH_LEVEL, false);
        return always || arguments.size() > 1
            ? function(start, function, from(start), arguments) : arguments.get(0);
    }
}

SqlNode quantifiedTail(SqlToken start, SqlNode left, OperatorName name) :
{
    boolean all = false;
    Object content;
    SqlNode e;
}
{
    ( <ANY> | <SOME> | <ALL> { all = true; } )
    <LPAREN>
    (
        LOOKAHEAD({ atQuery() || at(LPAREN) }) content = parenthesisContent()
    |
        e = expression() { content = Collections.singletonList(e); }
    )
    <RPAREN>
    { return quantified(start, left, name, all, content); }
}

/* What stands between parentheses: a Query, or a List<SqlNode> of expressions. A query in
   parentheses may turn out to be the left side of UNION or an operand, which only what follows it
   tells. */
Object parenthesisContent() :
{
    SqlToken start = ahead(1);
    Object content;
    SqlNode e;
    Query q;
    List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    (
        LOOKAHEAD({ atQuery() }) q = query() { return q; }
    |
        LOOKAHEAD({ at(LPAREN) })
        { enter(); }
        <LPAREN> content = parenthesisContent() <RPAREN>
        (
            LOOKAHEAD({ content instanceof Query && atQueryTail() })
            q = queryFrom((Query) content, null, start) { leave(); return q; }
        |
            {
                if (content instanceof Query && at(RPAREN)) {
                    leave();
                    return content;
                }
                e = parenthesized(start, content);
            }
            e = overlaps(start, e)
            e = indirection(start, e)
            e = casts(start, e)
            e = operatorTails(start, e, OR_LEVEL, false)
            { list.add(e); }
        )
        ( LOOKAHEAD({ at(COMMA) }) <COMMA> e = expression() { list.add(e); } )*
        { leave(); return list; }
    |
        list = expressions() { return list; }
    )
}

SqlNode primary() :
{
    SqlToken start = ahead(1);
    SqlNode e;
    Object content;
    Query q;
    List<SqlNode> list;
}
{
    (
        ( <UNSIGNED_INTEGER_LITERAL> | <DECIMAL_NUMERIC_LITERAL> ) { e = number(last()); }
    |   <QUOTED_STRING> { e = string(last()); }
    |   ( <BIT_STRING> | <BINARY_STRING_LITERAL> ) { e = bits(last()); }
    |   <TRUE> { e = SqlLiteral.createBoolean(true, from(start)); }
    |   <FALSE> { e = SqlLiteral.createBoolean(false, from(start)); }
    |   <NULL> { e = SqlLiteral.createNull(from(start)); }
    |   <DEFAULT_> { e = node(start, new Expression.Default()); }
    |   <PARAMETER_NUMBER> { e = parameter(last()); } e = indirection(start, e)
    |
        <LPAREN> content = parenthesisContent() <RPAREN> { e = parenthesized(start, content); }
        e = overlaps(start, e)
        e = indirection(start, e)
    |   e = caseExpression()
    |   e = arrayExpression()
    |
        LOOKAHEAD({ atValueKeyword() }) e = valueKeyword()
    |
        LOOKAHEAD({ at(EXISTS, LPAREN) })
        <EXISTS> q = parenthesizedQuery() { e = node(start, new Expression.Exists(q)); }
    |
        LOOKAHEAD({ at(ROW, LPAREN) })
        e = rowConstructor() e = overlaps(start, e)
    |
        LOOKAHEAD({ ahead(2).kind == LPAREN && atSyntaxFunction() }) e = syntaxFunction()
    |
        LOOKAHEAD({ at(COLLATION, FOR) })
        <COLLATION> <FOR> <LPAREN> e = expression() <RPAREN>
        { e = function(start, "pg_collation_for", from(start), Collections.singletonList(e)); }
    |
        LOOKAHEAD({ atTypedLiteral() }) e = typedLiteral()
    |
        e = nameOrCall()
    )
    e = casts(start, e)
    { return e; }
}

SqlNode casts(SqlToken start, SqlNode e) :
{
    TypeName type;
    SqlToken t;
}
{
    (
        LOOKAHEAD({ at(TYPECAST) }) <TYPECAST> { t = last(); } type = typeName()
        { e = node(start, new Expression.Cast(e, type, t.position())); }
    )*
    { return e; }
}

SqlNode indirection(SqlToken start, SqlNode e) :
{
}
{
    (
        LOOKAHEAD({ atAny(LBRACKET, DOT) })
        (
            <LBRACKET> e = subscript(start, e)
        |
            <DOT>
            (
                <STAR> { e = node(start, new Expression.AllFields(e)); }
            |
                label() { e = node(start, new Expression.Field(e, last().value())); }
            )
        )
    )*
    { return e; }
}

SqlNode subscript(SqlToken start, SqlNode e) :
{
    SqlNode lower = null;
    SqlNode upper = null;
    boolean slice = false;
}
{
    [ LOOKAHEAD({ !at(COLON) }) lower = expression() ]
    [
        <COLON> { slice = true; }
        [ LOOKAHEAD({ !at(RBRACKET) }) upper = expression() ]
    ]
    <RBRACKET>
    {
        return node(start, slice
            ? new Expression.Slice(e, lower, upper)
            : new Expression.Subscript(e, lower));
    }
}

/* (a, b) OVERLAPS (c, d), which is a function of four arguments. */
SqlNode overlaps(SqlToken start, SqlNode e) :
{
    SqlNode right;
}
{
    [
        LOOKAHEAD({ at(OVERLAPS) && isRow(e) })
        <OVERLAPS> right = primary()
        { e = overlapsCall(start, e, right); }
    ]
    { return e; }
}

SqlNode caseExpression() :
{
    SqlToken start = ahead(1);
    SqlNode operand = null;
    SqlNode otherwise = null;
    SqlNode condition;
    SqlNode result;
    List<Expression.When> branches = new ArrayList<Expression.When>();
}
{
    <CASE>
    [ LOOKAHEAD({ !at(WHEN) }) operand = expression() ]
    (
        <WHEN> condition = expression() <THEN> result = expression()
        { branches.add(new Expression.When(condition, result)); }
    )+
    [ <ELSE> otherwise = expression() ]
    <END>
    { return node(start, new Expression.Case(operand, branches, otherwise)); }
}

SqlNode arrayExpression() :
{
    SqlToken start = ahead(1);
    SqlNode e;
    Query q;
}
{
    <ARRAY>
    (
        <LBRACKET> e = arrayElements(start) { return e; }
    |
        q = parenthesizedQuery() { return node(start, new Expression.ArrayQuery(q)); }
    )
}

/* Behind the opening bracket. */
SqlNode arrayElements(SqlToken start) :
{
    List<SqlNode> list = new ArrayList<SqlNode>();
    SqlNode e;
}
{
    { enter(); }
    (
        LOOKAHEAD({ at(RBRACKET) }) {}
    |
        LOOKAHEAD({ at(LBRACKET) })
        e = nestedElements() { list.add(e); }
        ( LOOKAHEAD({ at(COMMA) }) <COMMA> e = nestedElements() { list.add(e); } )*
    |
        list = expressions()
    )
    <RBRACKET>
    { leave(); return node(start, new Expression.ArrayElements(list)); }
}

SqlNode nestedElements() :
{
    SqlToken start = ahead(1);
    SqlNode e;
}
{
    <LBRACKET> e = arrayElements(start) { return e; }
}

SqlNode rowConstructor() :
{
    SqlToken start = ahead(1);
    List<SqlNode> list = Collections.emptyList();
}
{
    <ROW> <LPAREN> [ LOOKAHEAD({ !at(RPAREN) }) list = expressions() ] <RPAREN>
    { return node(start, new Expression.Row(list)); }
}

SqlNode valueKeyword() :
{
    SqlToken start = ahead(1);
    Integer precision = null;
}
{
    (
        (
            <CURRENT_DATE> | <CURRENT_ROLE> | <CURRENT_USER> | <USER> | <SESSION_USER>
        |   <CURRENT_CATALOG>
        )
    |
        <CURRENT_SCHEMA>
    |
        ( <CURRENT_TIME> | <CURRENT_TIMESTAMP> | <LOCALTIME> | <LOCALTIMESTAMP> )
        [ <LPAREN> precision = integerValue() <RPAREN> ]
    )
    {
        return node(start, new Expression.Keyword(
            Expression.ValueKeyword.valueOf(start.value().toUpperCase(Locale.ROOT)), precision));
    }
}

Integer integerValue() :
{
}
{
    <UNSIGNED_INTEGER_LITERAL> { return intValue(last()); }
}

/* The functions with a syntax of their own; the name is followed by a parenthesis. */
SqlNode syntaxFunction() :
{
    SqlToken start = ahead(1);
    SqlNode e;
    SqlNode e2;
    SqlNode e3 = null;
    List<SqlNode> list = new ArrayList<SqlNode>();
    String name;
    TypeName type;
}
{
    (
        <CAST> <LPAREN> e = expression() <AS> type = typeName() <RPAREN>
        { return node(start, new Expression.Cast(e, type, start.position())); }
    |
        <EXTRACT> <LPAREN>
        ( <QUOTED_STRING> | LOOKAHEAD({ atExtractField() }) label() )
        { list.add(string(last())); }
        <FROM> e = expression() { list.add(e); } <RPAREN>
        { return function(start, "extract", from(start), list); }
    |
        <POSITION> <LPAREN> e = restrictedExpression() <IN> e2 = restrictedExpression() <RPAREN>
        { return function(start, "position", from(start), Arrays.asList(e2, e)); }
    |
        <OVERLAY> <LPAREN> e = overlayArguments(start) { return e; }
    |
        <SUBSTRING> <LPAREN> e = substringArguments(start) { return e; }
    |
        <TRIM> <LPAREN> { name = "btrim"; }
        [ <BOTH> | <LEADING> { name = "ltrim"; } | <TRAILING> { name = "rtrim"; } ]
        (
            <FROM> list = expressions()
        |
            e = expression() { list.add(e); }
            (
                <FROM> list = expressions() { list.add(e); }
            |
                ( LOOKAHEAD({ at(COMMA) }) <COMMA> e = expression() { list.add(e); } )*
            )
        )
        <RPAREN>
        { return function(start, name, from(start), list); }
    |
        <NORMALIZE> <LPAREN> e = expression() { list.add(e); }
        [
            <COMMA> ( <NFC> | <NFD> | <NFKC> | <NFKD> )
            { list.add(text(last().value().toUpperCase(Locale.ROOT))); }
        ]
        <RPAREN>
        { return function(start, "normalize", from(start), list); }
    |
        <NULLIF> <LPAREN> e = expression() <COMMA> e2 = expression() <RPAREN>
        {
            return node(start, new Expression.Special(
                Expression.SpecialForm.NULLIF, Arrays.asList(e, e2)));
        }
    |
        ( <COALESCE> | <GREATEST> | <LEAST> | <GROUPING> ) <LPAREN> list = expressions() <RPAREN>
        {
            return node(start, new Expression.Special(
                Expression.SpecialForm.valueOf(start.value().toUpperCase(Locale.ROOT)), list));
        }
    |
        (
            <TREAT> | <XMLATTRIBUTES> | <XMLCONCAT> | <XMLELEMENT> | <XMLEXISTS> | <XMLFOREST>
        |   <XMLPARSE> | <XMLPI> | <XMLROOT> | <XMLSERIALIZE>
        )
        { throw unsupported(start.value().toUpperCase(Locale.ROOT), start.position()); }
    )
}

SqlNode overlayArguments(SqlToken start) :
{
    List<SqlNode> list = new ArrayList<SqlNode>();
    SqlNode e;
}
{
    [
        LOOKAHEAD({ !at(RPAREN) })
        e = expression() { list.add(e); }
        (
            <PLACING> e = expression() { list.add(e); } <FROM> e = expression() { list.add(e); }
            [ <FOR> e = expression() { list.add(e); } ]
            <RPAREN> { return function(start, "overlay", from(start), list); }
        |
            ( LOOKAHEAD({ at(COMMA) }) <COMMA> e = expression() { list.add(e); } )*
        )
    ]
    <RPAREN>
    { return plainCall(start, "overlay", list); }
}

SqlNode substringArguments(SqlToken start) :
{
    SqlNode text = null;
    SqlNode from = null;
    SqlNode length = null;
    SqlNode e;
    List<SqlNode> list = new ArrayList<SqlNode>();
}
{
    [
        LOOKAHEAD({ !at(RPAREN) })
        text = expression() { list.add(text); }
        (
            <FROM> from = expression() [ <FOR> length = expression() ]
            <RPAREN> { return substring(start, text, from, length); }
        |
            <FOR> length = expression() [ <FROM> from = expression() ]
            <RPAREN> { return substring(start, text, from, length); }
        |
            <SIMILAR> e = expression() { list.add(e); } <ESCAPE> e = expression() { list.add(e); }
            <RPAREN> { return function(start, "substring", from(start), list); }
        |
            ( LOOKAHEAD({ at(COMMA) }) <COMMA> e = expression() { list.add(e); } )*
        )
    ]
    <RPAREN>
    { return plainCall(start, "substring", list); }
}

/* type 'literal' for the types that are keywords. */
SqlNode typedLiteral() :
{
    SqlToken start = ahead(1);
    TypeName type;
    SqlNode literal;
}
{
    (
        LOOKAHEAD({ at(INTERVAL) })
        <INTERVAL> { List<SqlNode> modifiers = Collections.emptyList(); Integer precision = null; }
        [ <LPAREN> precision = integerValue() <RPAREN> ]
        <QUOTED_STRING> { literal = string(last()); }
        [
            LOOKAHEAD({ precision == null && atIntervalField() }) modifiers = intervalFields()
        ]
        {
            type = systemType("interval",
                precision == null ? modifiers : intervalModifiers(INTERVAL_FULL_RANGE, precision),
                start.position());
        }
    |
        type = keywordType() { type = literalType(type); }
        <QUOTED_STRING> { literal = string(last()); }
    )
    { return node(start, new Expression.Cast(literal, type, start.position())); }
}

/* A column, `t.*`, a function call, or `type 'literal'` with a type that is no keyword. */
SqlNode nameOrCall() :
{
    SqlToken start = ahead(1);
    List<SqlToken> parts = new ArrayList<SqlToken>();
    SqlIdentifier name;
    SqlNode e;
}
{
    {
        if (!isNonReserved(1)) {
            throw syntaxError();
        }
    }
    label() { parts.add(last()); }
    (
        LOOKAHEAD({ at(DOT) && parts.get(parts.size() - 1).kind != STAR })
        <DOT> ( <STAR> | label() ) { parts.add(last()); }
    )*
    {
        name = identifier(parts);
        if (name.isStar()) {
            return name;
        }
    }
    (
        LOOKAHEAD({ at(LPAREN) && (parts.size() > 1 || isCallable(start)) })
        e = functionCall(start, name) { return e; }
    |
        LOOKAHEAD({ at(QUOTED_STRING) && (parts.size() > 1 || isCallable(start)) })
        <QUOTED_STRING>
        {
            return node(start, new Expression.Cast(string(last()),
                typeOf(name, Collections.<SqlNode>emptyList()), start.position()));
        }
    |
        {
            if (!isColumn(start)) {
                throw syntaxError();
            }
            e = name;
        }
        e = indirection(start, e) { return e; }
    )
}

SqlNode functionCall(SqlToken start, SqlIdentifier name) :
{
    CallBuilder call = new CallBuilder(name);
    List<OrderItem> order;
    SqlNode e;
    Over over;
}
{
    <LPAREN>
    (
        LOOKAHEAD({ at(STAR) }) <STAR> { call.star = true; }
    |
        [
            LOOKAHEAD({ !at(RPAREN) })
            [ <ALL> | <DISTINCT> { call.distinct = true; } ]
            argument(call) ( LOOKAHEAD({ at(COMMA) }) <COMMA> argument(call) )*
            [ order = orderBy() { call.orderBy = order; } ]
        ]
    )
    <RPAREN>
    [
        LOOKAHEAD({ at(QUOTED_STRING) })
        <QUOTED_STRING>
        {
            return node(start,
                new Expression.Cast(string(last()), typeOf(call.build()), start.position()));
        }
    ]
    [
        LOOKAHEAD({ at(WITHIN) })
        <WITHIN> { int p = last().position(); } <GROUP> <LPAREN> order = orderBy() <RPAREN>
        { call.withinGroup(order, p); }
    ]
    [
        LOOKAHEAD({ at(FILTER) })
        <FILTER> <LPAREN> <WHERE> e = expression() <RPAREN> { call.filter = e; }
    ]
    [
        LOOKAHEAD({ at(OVER) })
        <OVER> over = over() { call.over = over; }
    ]
    { return node(start, call.build()); }
}

void argument(CallBuilder call) :
{
    boolean variadic = false;
    String name = null;
    SqlNode e;
}
{
    { if (call.variadic) { throw syntaxErrorBefore(); } }
    [ <VARIADIC> { call.variadic = true; } ]
    [
        LOOKAHEAD({
            isFunctionId(1)
                && (ahead(2).kind == COLON_EQUALS || ahead(2).kind == NAMED_ARGUMENT_ASSIGNMENT)
        })
        label() { name = last().value(); } ( <COLON_EQUALS> | <NAMED_ARGUMENT_ASSIGNMENT> )
    ]
    e = expression() { call.arguments.add(new Expression.Argument(name, e)); }
}

Over over() :
{
    WindowSpecification window;
}
{
    (
        window = windowSpecification() { return new Over.Inline(window); }
    |
        columnId() { return new Over.Named(identifier()); }
    )
}

WindowSpecification windowSpecification() :
{
    SqlToken start = ahead(1);
    SqlIdentifier base = null;
    List<SqlNode> partitionBy = Collections.emptyList();
    List<OrderItem> order = Collections.emptyList();
    WindowSpecification.Frame frame = null;
}
{
    <LPAREN>
    [
        LOOKAHEAD({ isColumnId(1) && !atAny(PARTITION, RANGE, ROWS, GROUPS) })
        columnId() { base = identifier(); }
    ]
    [ <PARTITION> <BY> partitionBy = expressions() ]
    [ order = orderBy() ]
    [ frame = frame() ]
    <RPAREN>
    { return new WindowSpecification(base, partitionBy, order, frame, start.position()); }
}

WindowSpecification.Frame frame() :
{
    WindowSpecification.Mode mode;
    WindowSpecification.Bound start;
    WindowSpecification.Bound end;
    WindowSpecification.Exclusion exclusion = WindowSpecification.Exclusion.NO_OTHERS;
    boolean between = false;
}
{
    ( <ROWS> | <RANGE> | <GROUPS> )
    { mode = WindowSpecification.Mode.valueOf(last().value().toUpperCase(Locale.ROOT)); }
    (
        <BETWEEN> { between = true; } start = bound() <AND> end = bound()
    |
        start = bound()
        {
            end = new WindowSpecification.Bound(
                WindowSpecification.BoundKind.CURRENT_ROW, null, start.position());
        }
    )
    { checkFrame(start, end, between); }
    [
        <EXCLUDE>
        (
            <CURRENT> <ROW> { exclusion = WindowSpecification.Exclusion.CURRENT_ROW; }
        |   <GROUP> { exclusion = WindowSpecification.Exclusion.GROUP; }
        |   <TIES> { exclusion = WindowSpecification.Exclusion.TIES; }
        |   <NO> <OTHERS>
        )
    ]
    { return new WindowSpecification.Frame(mode, start, end, exclusion); }
}

WindowSpecification.Bound bound() :
{
    SqlToken t = ahead(1);
    SqlNode offset = null;
    WindowSpecification.BoundKind kind;
}
{
    (
        LOOKAHEAD({ at(UNBOUNDED) && (ahead(2).kind == PRECEDING || ahead(2).kind == FOLLOWING) })
        <UNBOUNDED>
        (
            <PRECEDING> { kind = WindowSpecification.BoundKind.UNBOUNDED_PRECEDING; }
        |   <FOLLOWING> { kind = WindowSpecification.BoundKind.UNBOUNDED_FOLLOWING; }
        )
    |
        LOOKAHEAD({ at(CURRENT, ROW) })
        <CURRENT> <ROW> { kind = WindowSpecification.BoundKind.CURRENT_ROW; }
    |
        offset = expression()
        (
            <PRECEDING> { kind = WindowSpecification.BoundKind.PRECEDING; }
        |   <FOLLOWING> { kind = WindowSpecification.BoundKind.FOLLOWING; }
        )
    )
    { return new WindowSpecification.Bound(kind, offset, t.position()); }
}

List<OrderItem> orderBy() :
{
    List<OrderItem> list = new ArrayList<OrderItem>();
    OrderItem item;
}
{
    <ORDER> <BY> item = orderItem() { list.add(item); }
    ( LOOKAHEAD({ at(COMMA) }) <COMMA> item = orderItem() { list.add(item); } )*
    { return list; }
}

OrderItem orderItem() :
{
    SqlNode e;
    boolean descending = false;
    OrderItem.Nulls nulls;
    OperatorName name;
}
{
    e = expression()
    [
        <ASC>
    |   <DESC> { descending = true; }
    |   <USING> name = operatorName() { descending = isDescending(name); }
    ]
    nulls = nullsOrder()
    { return new OrderItem(e, descending, nulls); }
}

OrderItem.Nulls nullsOrder() :
{
}
{
    [
        LOOKAHEAD({ at(NULLS) && (ahead(2).kind == FIRST || ahead(2).kind == LAST) })
        <NULLS>
        (
            <FIRST> { return OrderItem.Nulls.FIRST; }
        |   <LAST> { return OrderItem.Nulls.LAST; }
        )
    ]
    { return OrderItem.Nulls.DEFAULT; }
}

/* Names. */

JAVACODE void columnId() {
    if (!isColumnId(1)) {
        throw syntaxError();
    }
    getNextToken();
}

JAVACODE void label() {
    if (!isLabel(1)) {
        throw syntaxError();
    }
    getNextToken();
}

JAVACODE void bareLabel() {
    if (!isBareLabel()) {
        throw syntaxError();
    }
    getNextToken();
}

JAVACODE void functionId() {
    if (!isFunctionId(1)) {
        throw syntaxError();
    }
    getNextToken();
}

JAVACODE void nonReservedWord() {
    if (!isNonReserved(1)) {
        throw syntaxError();
    }
    getNextToken();
}

SqlIdentifier name() :
{
}
{
    columnId() { return identifier(); }
}

List<SqlIdentifier> names() :
{
    List<SqlIdentifier> list = new ArrayList<SqlIdentifier>();
}
{
    columnId() { list.add(identifier()); }
    ( LOOKAHEAD({ at(COMMA) }) <COMMA> columnId() { list.add(identifier()); } )*
    { return list; }
}

List<SqlIdentifier> parenthesizedNames() :
{
    List<SqlIdentifier> list;
}
{
    <LPAREN> list = names() <RPAREN> { return list; }
}

/* A name of up to three parts. */
SqlIdentifier qualifiedName() :
{
    List<SqlToken> parts = new ArrayList<SqlToken>();
}
{
    columnId() { parts.add(last()); }
    ( LOOKAHEAD({ at(DOT) }) <DOT> label() { parts.add(last()); } )*
    { return qualified(parts); }
}

List<SqlIdentifier> qualifiedNames() :
{
    List<SqlIdentifier> list = new ArrayList<SqlIdentifier>();
    SqlIdentifier name;
}
{
    name = qualifiedName() { list.add(name); }
    ( LOOKAHEAD({ at(COMMA) }) <COMMA> name = qualifiedName() { list.add(name); } )*
    { return list; }
}

Query parenthesizedQuery() :
{
    Query q;
}
{
    <LPAREN> q = query() <RPAREN> { return q; }
}
