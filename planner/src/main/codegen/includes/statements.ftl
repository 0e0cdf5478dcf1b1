/* Statements. */

/* One statement up to a semicolon or the end; null for an empty one. */
Statement statement() :
{
    Statement s;
}
{
    (
        LOOKAHEAD({ at(SEMICOLON) || at(EOF) }) { return null; }
    |
        s = anyStatement()
        {
            if (!at(SEMICOLON) && !at(EOF)) {
                throw syntaxError();
            }
            checkInto();
            return s;
        }
    )
}

void semicolons() :
{
}
{
    ( <SEMICOLON> )*
}

/* Tokens of the lexer that fit nowhere. */
void misfits() :
{
}
{
    <UNKNOWN_CHARACTER> | <OTHER_KEYWORD> | <DOUBLE_PERIOD>
}

/* An expression alone, as the catalog keeps those of DEFAULT and CHECK. */
SqlNode expressionEof() :
{
    SqlNode e;
}
{
    e = expression() <EOF> { return e; }
}

/* What PREPARE, EXPLAIN, COPY and WITH can hold; INTO is allowed for whole statements only. */
Statement preparable(boolean mayCreate) :
{
    Statement s;
    Query q;
    Query.With with;
    SqlToken start = ahead(1);
}
{
    (
        LOOKAHEAD({ at(WITH) })
        with = withClause() s = afterWith(with, start, mayCreate)
    |
        s = insert(null)
    |
        s = update(null)
    |
        s = delete(null)
    |
        s = merge(null)
    |
        q = query() { s = mayCreate ? selectStatement(q) : new Statement.SelectStatement(q); }
    )
    { return s; }
}

Statement afterWith(Query.With with, SqlToken start, boolean mayCreate) :
{
    Statement s;
    Query q;
}
{
    (
        s = insert(with)
    |
        s = update(with)
    |
        s = delete(with)
    |
        s = merge(with)
    |
        { beginQuery(); }
        q = queryPrimary() q = queryFrom(q, with, start)
        { endQuery(); s = mayCreate ? selectStatement(q) : new Statement.SelectStatement(q); }
    )
    { return s; }
}

Statement anyStatement() :
{
    Statement s;
}
{
    (
        LOOKAHEAD({ atQuery() || atAny(LPAREN, VALUES, INSERT, UPDATE, DELETE, MERGE) })
        s = preparable(true)
    |   LOOKAHEAD({ atSecurityStatement() }) { s = securityStatement(); }
    |   LOOKAHEAD({ atTypeStatement() }) { s = typeStatement(); }
    |   LOOKAHEAD({ at(CREATE) }) s = create()
    |   LOOKAHEAD({ at(DROP) }) s = drop()
    |   LOOKAHEAD({ at(ALTER) }) s = alter()
    |   s = truncate()
    |   s = copy()
    |   LOOKAHEAD({ at(COMMENT) }) s = comment()
    |   s = set()
    |   s = reset()
    |   s = show()
    |   s = transaction()
    |   s = prepare()
    |   s = execute()
    |   s = deallocate()
    |   s = declareCursor()
    |   s = fetch()
    |   s = closeCursor()
    |   s = explain()
    |   s = analyze()
    |   s = vacuum()
    |   s = reindex()
    |   s = cluster()
    |   s = discard()
    |   s = lockTable()
    |   s = listen()
    |   s = checkpoint()
    |   s = doBlock()
    |   s = call()
    |   s = refresh()
    |   s = generic()
    )
    { return s; }
}
