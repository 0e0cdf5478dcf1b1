/// Parses PostgreSQL's SQL dialect with pgvector's operators.
@NullMarked
package quiver.planner.parser;

import org.jspecify.annotations.NullMarked;
