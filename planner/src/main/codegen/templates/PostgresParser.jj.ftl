<#-- Calcite's Parser.jj as it is in the calcite-core jar, changed where its hooks do not reach and
     then processed as the template it is. A change that no longer fits stops the build.

     What is kept is the frame: the parser class behind Calcite's parser interface, its positions
     and errors, and the places where declarations are put in. The productions are PostgreSQL's, in
     the included files: Calcite's differ in every level of expressions, in the reserved words and
     in the tokens. -->
<#macro change from to>
<#if !source?contains(from)><#stop "Calcite's Parser.jj has changed, this text is gone: " + from></#if>
<#assign source = source?replace(from, to)>
</#macro>
<#-- Removes the text from one mark up to the next. -->
<#macro cut from until>
<#local start = source?index_of(from)>
<#if start < 0><#stop "Calcite's Parser.jj has changed, this text is gone: " + from></#if>
<#local end = source?index_of(until, start)>
<#if end < 0><#stop "Calcite's Parser.jj has changed, this text is gone: " + until></#if>
<#assign source = source[0..<start] + source[end..]>
</#macro>
<#assign source = template>
<#-- PostgreSQL's lexical rules (dollar quotes, operators of any length, nested comments) are in
     quiver.planner.parser.grammar.Lexer; the tokens are those the productions name. -->
<@change from="    STATIC = false;" to="    STATIC = false;\n    USER_TOKEN_MANAGER = true;"/>
<@cut from="    /**\n     * {@link SqlParserImplFactory}" until="    public SqlParseException normalizeException"/>
<@change from="public class $\{parser.class} extends SqlAbstractParserImpl\n" to="@SuppressWarnings({\"cast\", \"rawtypes\", \"serial\", \"unchecked\"})\npublic class $\{parser.class} extends ParserSupport\n"/>
<@change from="new $\{parser.class}(new java.io.StringReader(\"\"))" to="this"/>
<@change from="        jj_input_stream.setTabSize(tabSize);" to="        throw new UnsupportedOperationException();"/>
<@cut from="        final int stateOrdinal =" until="    }\n\n    public void setQuotedCasing"/>
<@change from="    public void setQuotedCasing" to="    public void ReInit(Reader reader) {\n        throw new UnsupportedOperationException();\n    }\n\n    public void setQuotedCasing"/>
<@change from="        return SqlExpressionEof();" to="        return expressionEof();"/>
<@change from="        return SqlStmtEof();" to="        throw new UnsupportedOperationException();"/>
<@change from="        return SqlStmtList();" to="        throw new UnsupportedOperationException();"/>
<@cut from="        switchTo(LexicalState.BQID);\n        try" until="    }\n\n    private SqlNode extend"/>
<@change from="parseArray() throws SqlParseException {\n" to="parseArray() throws SqlParseException {\n        throw new UnsupportedOperationException();\n"/>
<#-- Calcite's own productions. -->
<@cut from="JAVACODE String unquotedIdentifier" until="JAVACODE protected SqlParserPos getPos"/>
<@cut from="JAVACODE void checkQueryExpression" until="/**\n * Converts a ParseException"/>
<@cut from="/*****************************************\n * Syntactical Descriptions" until="<#-- Add implementations of additional parser statement calls here -->"/>
<@cut from="SqlNodeList ParenthesizedKeyValueOptionCommaList()" until="/**\n * Defines a production which can never be accepted"/>
<@source?interpret />
