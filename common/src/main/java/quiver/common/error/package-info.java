/// The one exception of the project and its SQLSTATE codes.
@NullMarked
package quiver.common.error;

import org.jspecify.annotations.NullMarked;
