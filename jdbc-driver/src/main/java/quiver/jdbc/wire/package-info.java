/// What goes over the wire: vectors as pgjdbc's objects, and the binary format of COPY.
@NullMarked
package quiver.jdbc.wire;

import org.jspecify.annotations.NullMarked;
