/// Measurements over the wire, against any server that speaks PostgreSQL's protocol and pgvector's
/// SQL.
@NullMarked
package quiver.benchmarks.server;

import org.jspecify.annotations.NullMarked;
