/// Programs over other people's Java libraries: each gets a JDBC URL, works as an application
/// would, and throws if an answer is wrong.
@NullMarked
package quiver.clients;

import org.jspecify.annotations.NullMarked;
