package quiver.planner.parser.grammar;

import org.apache.calcite.sql.SqlIdentifier;
import quiver.planner.parser.node.Statement.Persistence;

/// INTO of a SELECT, which makes the statement a CREATE TABLE AS.
public record IntoClause(Persistence persistence, SqlIdentifier table, int position) {}
