/// The values of full-text search: documents (`tsvector`) and queries (`tsquery`).
@NullMarked
package quiver.common.search;

import org.jspecify.annotations.NullMarked;
