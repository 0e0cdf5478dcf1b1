/// Full-text search: parser, dictionaries, configurations, matching, ranking and headlines.
@NullMarked
package quiver.execution.function.search;

import org.jspecify.annotations.NullMarked;
