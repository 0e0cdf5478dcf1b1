/// The keys of scalar indexes, evaluated from rows.
@NullMarked
package quiver.execution.indexkey;

import org.jspecify.annotations.NullMarked;
