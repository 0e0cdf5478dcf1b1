/// SQL behaviour as golden files, judged by PostgreSQL where it has the feature.
@NullMarked
package quiver.server.sql;

import org.jspecify.annotations.NullMarked;
