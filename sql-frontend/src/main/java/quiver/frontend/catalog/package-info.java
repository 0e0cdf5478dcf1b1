/// `pg_catalog` and `information_schema` as virtual relations, computed from the catalog image, the
/// function registry and the state of sessions and segments.
@NullMarked
package quiver.frontend.catalog;

import org.jspecify.annotations.NullMarked;
