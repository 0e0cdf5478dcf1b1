/// PostgreSQL's types: identity, OIDs, modifiers, physical layout, text and binary formats.
@NullMarked
package quiver.common.type;

import org.jspecify.annotations.NullMarked;
