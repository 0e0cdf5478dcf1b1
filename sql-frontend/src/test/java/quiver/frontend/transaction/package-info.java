/// What a transaction has done and not committed yet: buffered rows, dead row versions, marks for
/// savepoints.
@NullMarked
package quiver.frontend.transaction;

import org.jspecify.annotations.NullMarked;
