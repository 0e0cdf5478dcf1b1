/* Types. */

TypeName typeName() :
{
    TypeName type;
    int dimensions = 0;
    SqlToken start = ahead(1);
}
{
    [ LOOKAHEAD({ at(SETOF) }) <SETOF> { throw unsupported("SETOF", start.position()); } ]
    type = simpleType()
    (
        <ARRAY> { dimensions = 1; }
        [ LOOKAHEAD({ at(LBRACKET) }) <LBRACKET> <UNSIGNED_INTEGER_LITERAL> <RBRACKET> ]
    |
        (
            LOOKAHEAD({ at(LBRACKET) })
            <LBRACKET> [ <UNSIGNED_INTEGER_LITERAL> ] <RBRACKET> { dimensions++; }
        )*
    )
    { return withArray(type, dimensions); }
}

TypeName simpleType() :
{
    TypeName type;
    SqlToken start = ahead(1);
    List<SqlNode> modifiers;
}
{
    (
        LOOKAHEAD({ at(INTERVAL) }) type = intervalType()
    |
        LOOKAHEAD({ atTypeKeyword() }) type = keywordType()
    |
        type = genericType()
    )
    { return type; }
}

TypeName genericType() :
{
    List<SqlToken> parts = new ArrayList<SqlToken>();
    List<SqlNode> modifiers;
}
{
    functionId() { parts.add(last()); }
    ( LOOKAHEAD({ at(DOT) }) <DOT> label() { parts.add(last()); } )*
    modifiers = typeModifiers()
    { return typeOf(identifier(parts), modifiers); }
}

List<SqlNode> typeModifiers() :
{
    List<SqlNode> modifiers = Collections.emptyList();
}
{
    [ LOOKAHEAD({ at(LPAREN) }) <LPAREN> modifiers = expressions() <RPAREN> ]
    { return modifiers; }
}

TypeName keywordType() :
{
    int p = ahead(1).position();
    List<SqlNode> modifiers;
    boolean varying = false;
    boolean zone;
    Integer precision = null;
}
{
    (
        ( <INT> | <INTEGER> ) { return systemType("int4", p); }
    |   <SMALLINT> { return systemType("int2", p); }
    |   <BIGINT> { return systemType("int8", p); }
    |   <REAL> { return systemType("float4", p); }
    |   <BOOLEAN> { return systemType("bool", p); }
    |   <DOUBLE> <PRECISION> { return systemType("float8", p); }
    |
        <FLOAT>
        { int q = ahead(2).position(); }
        [ LOOKAHEAD({ at(LPAREN) }) <LPAREN> precision = integerValue() <RPAREN> ]
        { return floatType(precision, q, p); }
    |
        ( <DECIMAL> | <DEC> | <NUMERIC> ) modifiers = typeModifiers()
        { return systemType("numeric", modifiers, p); }
    |
        <BIT> [ <VARYING> { varying = true; } ] modifiers = typeModifiers()
        { return bitType(varying, modifiers, p); }
    |
        (
            <VARCHAR> { varying = true; }
        |
            (
                <CHARACTER> | <CHAR> | <NCHAR>
            |   <NATIONAL> ( <CHARACTER> | <CHAR> )
            )
            [ <VARYING> { varying = true; } ]
        )
        modifiers = lengthModifier()
        { return characterType(varying, modifiers, p); }
    |
        <TIMESTAMP> modifiers = lengthModifier() zone = timeZone()
        { return systemType(zone ? "timestamptz" : "timestamp", modifiers, p); }
    |
        <TIME> modifiers = lengthModifier() zone = timeZone()
        { return systemType(zone ? "timetz" : "time", modifiers, p); }
    )
}

/* One integer in parentheses, or nothing. */
List<SqlNode> lengthModifier() :
{
    List<SqlNode> modifiers = Collections.emptyList();
}
{
    [
        LOOKAHEAD({ at(LPAREN) })
        <LPAREN> <UNSIGNED_INTEGER_LITERAL>
        { intValue(last()); modifiers = Collections.singletonList(number(last())); }
        <RPAREN>
    ]
    { return modifiers; }
}

boolean timeZone() :
{
    boolean zone = false;
}
{
    [
        LOOKAHEAD({ at(WITH, TIME) || at(WITHOUT) })
        ( <WITH> { zone = true; } | <WITHOUT> ) <TIME> <ZONE>
    ]
    { return zone; }
}

TypeName intervalType() :
{
    int p = ahead(1).position();
    List<SqlNode> modifiers = Collections.emptyList();
    Integer precision = null;
}
{
    <INTERVAL>
    (
        LOOKAHEAD({ at(LPAREN) })
        <LPAREN> precision = integerValue() <RPAREN>
        { modifiers = intervalModifiers(INTERVAL_FULL_RANGE, precision); }
    |
        [ LOOKAHEAD({ atIntervalField() }) modifiers = intervalFields() ]
    )
    { return systemType("interval", modifiers, p); }
}

List<SqlNode> intervalFields() :
{
    int first;
    int last;
    Integer precision = null;
}
{
    first = intervalField() { last = first; }
    [
        LOOKAHEAD({ at(LPAREN) && first == INTERVAL_SECOND })
        <LPAREN> precision = integerValue() <RPAREN>
    ]
    [
        LOOKAHEAD({ atIntervalEnd(first) })
        <TO> last = intervalField()
        [
            LOOKAHEAD({ at(LPAREN) && last == INTERVAL_SECOND })
            <LPAREN> precision = integerValue() <RPAREN>
        ]
    ]
    { return intervalModifiers(intervalRange(first, last), precision); }
}

int intervalField() :
{
}
{
    ( <YEAR> | <MONTH> | <DAY> | <HOUR> | <MINUTE> | <SECOND> )
    { return intervalMask(last()); }
}
