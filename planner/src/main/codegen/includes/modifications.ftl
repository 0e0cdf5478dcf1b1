/* INSERT, UPDATE, DELETE, MERGE, TRUNCATE, COPY. */

Statement insert(Query.With with) :
{
    SqlIdentifier table;
    SqlIdentifier alias = null;
    List<SqlNode> columns = Collections.emptyList();
    Statement.Overriding overriding = Statement.Overriding.DEFAULT;
    Query source = null;
    OnConflict conflict = null;
    List<SelectItem> returning = Collections.emptyList();
}
{
    <INSERT> <INTO> table = qualifiedName() [ <AS> alias = name() ]
    (
        <DEFAULT_> <VALUES>
    |
        LOOKAHEAD({ at(LPAREN) && !atQueryAfterParentheses() })
        <LPAREN> columns = targets() <RPAREN>
        overriding = overriding()
        source = query()
    |
        overriding = overriding()
        source = query()
    )
    [ <ON> conflict = onConflict() ]
    [ <RETURNING> returning = selectItems() ]
    {
        return new Statement.InsertStatement(
            with, table, alias, columns, overriding, source, conflict, returning);
    }
}

Statement.Overriding overriding() :
{
    Statement.Overriding overriding = Statement.Overriding.DEFAULT;
}
{
    [
        LOOKAHEAD({ at(OVERRIDING) })
        <OVERRIDING>
        (
            <USER> { overriding = Statement.Overriding.USER_VALUE; }
        |   <SYSTEM> { overriding = Statement.Overriding.SYSTEM_VALUE; }
        )
        <VALUE>
    ]
    { return overriding; }
}

/* Columns that are assigned to. */
List<SqlNode> targets() :
{
    List<SqlNode> list = new ArrayList<SqlNode>();
    SqlNode target;
}
{
    target = target() { list.add(target); } ( LOOKAHEAD({ at(COMMA) }) <COMMA> target = target() { list.add(target); } )*
    { return list; }
}

SqlNode target() :
{
    SqlToken start = ahead(1);
    List<SqlToken> parts = new ArrayList<SqlToken>();
    SqlNode e;
}
{
    columnId() { parts.add(last()); }
    ( LOOKAHEAD({ at(DOT) }) <DOT> label() { parts.add(last()); } )*
    e = indirection(start, identifier(parts))
    { return e; }
}

OnConflict onConflict() :
{
    SqlToken start = last();
    SqlToken list;
    OnConflict.Target target = new OnConflict.Any();
    List<IndexElement> elements;
    SqlIdentifier constraint;
    SqlNode where = null;
    List<Assignment> assignments = Collections.emptyList();
    boolean update = false;
}
{
    <CONFLICT>
    [
        <ON> <CONSTRAINT> constraint = name() { target = new OnConflict.OnConstraint(constraint); }
    |
        <LPAREN> { list = last(); } elements = indexElements() <RPAREN>
        [ <WHERE> where = expression() ]
        { target = new OnConflict.OnColumns(elements, where, list.position()); where = null; }
    ]
    <DO>
    (
        <NOTHING>
    |
        <UPDATE> { update = true; } <SET> assignments = assignments()
        [ <WHERE> where = expression() ]
    )
    {
        if (update && target instanceof OnConflict.Any) {
            throw error(
                "ON CONFLICT DO UPDATE requires inference specification or constraint name",
                start.position())
                .withHint("For example, ON CONFLICT (column_name).");
        }
        return new OnConflict(target, update, assignments, where, start.position());
    }
}

List<Assignment> assignments() :
{
    List<Assignment> list = new ArrayList<Assignment>();
    Assignment assignment;
}
{
    assignment = assignment() { list.add(assignment); }
    ( LOOKAHEAD({ at(COMMA) }) <COMMA> assignment = assignment() { list.add(assignment); } )*
    { return list; }
}

Assignment assignment() :
{
    List<SqlNode> targets;
    SqlNode target;
    SqlNode value;
}
{
    (
        <LPAREN> targets = targets() <RPAREN> <EQ> value = expression()
        { return new Assignment(targets, true, multipleSource(targets.size(), value)); }
    |
        target = target() <EQ> value = expression()
        { return new Assignment(Collections.singletonList(target), false, value); }
    )
}

Statement update(Query.With with) :
{
    SqlIdentifier table;
    SqlIdentifier alias = null;
    List<Assignment> assignments;
    List<FromItem> from = Collections.emptyList();
    SqlNode where = null;
    List<SelectItem> returning = Collections.emptyList();
}
{
    <UPDATE> table = changed()
    [ LOOKAHEAD({ at(AS) || isColumnId(1) && !at(SET) }) [ <AS> ] alias = name() ]
    <SET> assignments = assignments()
    [ from = fromClause() ]
    where = modificationWhere()
    [ <RETURNING> returning = selectItems() ]
    {
        return new Statement.UpdateStatement(
            with, table, alias, assignments, from, where, returning);
    }
}

SqlNode modificationWhere() :
{
    SqlToken start;
    SqlNode where = null;
}
{
    [
        <WHERE> { start = ahead(1); }
        (
            LOOKAHEAD({ at(CURRENT, OF) })
            <CURRENT> <OF> columnId()
            { where = node(start, new Expression.CurrentOf(last().value())); }
        |
            where = expression()
        )
    ]
    { return where; }
}

Statement delete(Query.With with) :
{
    SqlIdentifier table;
    SqlIdentifier alias = null;
    List<FromItem> using = Collections.emptyList();
    SqlNode where;
    List<SelectItem> returning = Collections.emptyList();
}
{
    <DELETE> <FROM> table = changed()
    [ LOOKAHEAD({ at(AS) || isColumnId(1) }) [ <AS> ] alias = name() ]
    [ <USING> using = fromList() ]
    where = modificationWhere()
    [ <RETURNING> returning = selectItems() ]
    { return new Statement.DeleteStatement(with, table, alias, using, where, returning); }
}

Statement merge(Query.With with) :
{
    SqlIdentifier table;
    SqlIdentifier alias = null;
    FromItem source;
    SqlNode condition;
    List<MergeClause> clauses = new ArrayList<MergeClause>();
    MergeClause clause;
}
{
    <MERGE> <INTO> table = changed()
    [ LOOKAHEAD({ at(AS) || isColumnId(1) }) [ <AS> ] alias = name() ]
    <USING> source = fromItem() <ON> condition = expression()
    ( clause = mergeClause() { clauses.add(clause); } )+
    { return new Statement.MergeStatement(with, table, alias, source, condition, clauses); }
}

MergeClause mergeClause() :
{
    boolean matched = true;
    SqlNode condition = null;
    MergeClause.Action action;
    List<Assignment> assignments;
    List<SqlIdentifier> columns = Collections.emptyList();
    List<SqlNode> values = Collections.emptyList();
    Statement.Overriding overriding = Statement.Overriding.DEFAULT;
}
{
    <WHEN> [ <NOT> { matched = false; } ] <MATCHED> [ <AND> condition = expression() ] <THEN>
    (
        <DO> <NOTHING> { action = new MergeClause.Nothing(); }
    |
        LOOKAHEAD({ matched && at(UPDATE) })
        <UPDATE> <SET> assignments = assignments() { action = new MergeClause.Update(assignments); }
    |
        LOOKAHEAD({ matched && at(DELETE) })
        <DELETE> { action = new MergeClause.Delete(); }
    |
        LOOKAHEAD({ !matched && at(INSERT) })
        <INSERT>
        [ <LPAREN> columns = names() <RPAREN> ]
        overriding = overriding()
        ( <DEFAULT_> <VALUES> | <VALUES> <LPAREN> values = expressions() <RPAREN> )
        { action = new MergeClause.Insert(columns, overriding, values); }
    )
    { return new MergeClause(matched, condition, action); }
}

Statement truncate() :
{
    List<SqlIdentifier> tables = new ArrayList<SqlIdentifier>();
    SqlIdentifier table;
    boolean restart = false;
    boolean cascade;
}
{
    <TRUNCATE> [ LOOKAHEAD({ at(TABLE) }) <TABLE> ]
    table = relation() { tables.add(table); } ( LOOKAHEAD({ at(COMMA) }) <COMMA> table = relation() { tables.add(table); } )*
    [ <CONTINUE> <IDENTITY> | <RESTART> <IDENTITY> { restart = true; } ]
    cascade = cascade()
    { return new Statement.TruncateStatement(tables, restart, cascade); }
}

boolean cascade() :
{
}
{
    [ <CASCADE> { return true; } | <RESTRICT> ]
    { return false; }
}

Statement copy() :
{
    boolean binary = false;
    SqlIdentifier table;
    List<SqlIdentifier> columns = Collections.emptyList();
    Statement statement;
    Statement.CopyEnd end;
    List<Option> settings = new ArrayList<Option>();
    SqlNode where = null;
    SqlToken w = null;
    boolean from = false;
}
{
    <COPY>
    (
        <LPAREN> statement = preparable(false) <RPAREN>
        <TO> end = copyEnd() [ LOOKAHEAD({ at(WITH) }) <WITH> ] copyOptions(settings)
        { return new Statement.CopyQueryTo(statement, end, settings); }
    |
        [
            LOOKAHEAD({ at(BINARY) })
            <BINARY> { settings.add(option("format", "binary", last().position())); }
        ]
        table = qualifiedName()
        [ LOOKAHEAD({ at(LPAREN) }) columns = parenthesizedNames() ]
        ( <FROM> { from = true; } | <TO> )
        end = copyEnd()
        [
            LOOKAHEAD({ at(DELIMITERS) || at(USING, DELIMITERS) })
            [ <USING> ] <DELIMITERS> { SqlToken d = last(); } <QUOTED_STRING>
            { settings.add(textOption("delimiter", last(), d.position())); }
        ]
        [ LOOKAHEAD({ at(WITH) }) <WITH> ] copyOptions(settings)
        [ LOOKAHEAD({ at(WHERE) }) <WHERE> { w = last(); } where = expression() ]
        {
            if (from) {
                return new Statement.CopyFrom(table, columns, end, settings, where);
            }
            if (where != null) {
                throw error("WHERE clause not allowed with COPY TO", w.position());
            }
            return new Statement.CopyTableTo(table, columns, end, settings);
        }
    )
}

Statement.CopyEnd copyEnd() :
{
}
{
    (
        ( <STDIN> | <STDOUT> ) { return new Statement.CopyClient(); }
    |
        <PROGRAM> <QUOTED_STRING> { return new Statement.CopyProgram(last().value()); }
    |
        <QUOTED_STRING> { return new Statement.CopyFile(last().value()); }
    )
}

/* Options in parentheses, or the words of PostgreSQL before 9.0. */
void copyOptions(List<Option> settings) :
{
    List<Option> list;
}
{
    (
        LOOKAHEAD({ at(LPAREN) })
        <LPAREN> list = genericOptions() <RPAREN> { settings.addAll(list); }
    |
        ( LOOKAHEAD({ atOldCopyOption() }) oldCopyOption(settings) )*
    )
}

void oldCopyOption(List<Option> settings) :
{
    SqlToken t = ahead(1);
    List<SqlIdentifier> columns;
}
{
    (
        ( <BINARY> | <CSV> ) { settings.add(option("format", t.value(), t.position())); }
    |
        ( <FREEZE> | <HEADER> )
        { settings.add(new Option(t.value(), new Option.Absent(), t.position())); }
    |
        ( <DELIMITER> | <NULL> | <QUOTE_> | <ESCAPE> ) [ <AS> ] <QUOTED_STRING>
        { settings.add(textOption(t.value(), last(), t.position())); }
    |
        <ENCODING> <QUOTED_STRING> { settings.add(textOption("encoding", last(), t.position())); }
    |
        <FORCE>
        (
            LOOKAHEAD({ at(QUOTE_, STAR) })
            <QUOTE_> <STAR>
            { settings.add(new Option("force_quote", new Option.Star(), t.position())); }
        |
            <QUOTE_> columns = names()
            { settings.add(namesOption("force_quote", columns, t.position())); }
        |
            <NOT> <NULL> columns = names()
            { settings.add(namesOption("force_not_null", columns, t.position())); }
        |
            <NULL> columns = names()
            { settings.add(namesOption("force_null", columns, t.position())); }
        )
    )
}

/* `name [value], …` as in COPY, EXPLAIN and VACUUM. */
List<Option> genericOptions() :
{
    List<Option> list = new ArrayList<Option>();
    Option option;
}
{
    option = genericOption() { list.add(option); }
    ( LOOKAHEAD({ at(COMMA) }) <COMMA> option = genericOption() { list.add(option); } )*
    { return list; }
}

Option genericOption() :
{
    SqlToken t = ahead(1);
    Option.Value value = new Option.Absent();
}
{
    label()
    [
        LOOKAHEAD({ !at(COMMA) && !at(RPAREN) })
        value = optionValue()
    ]
    { return new Option(t.value(), value, t.position()); }
}

Option.Value optionValue() :
{
    List<Option.Value> values = new ArrayList<Option.Value>();
    Option.Value value;
}
{
    (
        <STAR> { return new Option.Star(); }
    |
        { enter(); }
        <LPAREN> value = optionValue() { values.add(value); }
        ( LOOKAHEAD({ at(COMMA) }) <COMMA> value = optionValue() { values.add(value); } )* <RPAREN>
        { leave(); return new Option.Items(values); }
    |
        value = scalarValue() { return value; }
    )
}

Option.Value scalarValue() :
{
    String sign = "";
}
{
    (
        [ <PLUS> | <MINUS> { sign = "-"; } ]
        ( <UNSIGNED_INTEGER_LITERAL> | <DECIMAL_NUMERIC_LITERAL> )
        { return new Option.NumberText(sign + last().value()); }
    |
        <QUOTED_STRING> { return new Option.QuotedText(last().value()); }
    |
        ( <TRUE> | <FALSE> | <ON> ) { return new Option.Word(last().value()); }
    |
        nonReservedWord() { return new Option.Word(last().value()); }
    )
}

/* `WITH (name = value, …)` of tables and indexes, behind WITH. */
List<Option> storageOptions() :
{
    List<Option> list = new ArrayList<Option>();
    Option option;
}
{
    <LPAREN> option = storageOption() { list.add(option); }
    ( LOOKAHEAD({ at(COMMA) }) <COMMA> option = storageOption() { list.add(option); } )* <RPAREN>
    { return list; }
}

Option storageOption() :
{
    SqlToken t = ahead(1);
    String name;
    Option.Value value = new Option.Absent();
}
{
    label() { name = last().value(); }
    [ <DOT> label() { name = name + "." + last().value(); } ]
    [ <EQ> value = scalarValue() ]
    { return new Option(name, value, t.position()); }
}
