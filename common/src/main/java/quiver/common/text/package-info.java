/// Text as PostgreSQL takes it.
@NullMarked
package quiver.common.text;

import org.jspecify.annotations.NullMarked;
