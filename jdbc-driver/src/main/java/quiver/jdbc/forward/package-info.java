/// Statements, connections and rows that hand every call on: what the driver's own override.
@NullMarked
package quiver.jdbc.forward;

import org.jspecify.annotations.NullMarked;
