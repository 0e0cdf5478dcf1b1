/// Server processes as tests start and kill them.
@NullMarked
package quiver.server.process;

import org.jspecify.annotations.NullMarked;
