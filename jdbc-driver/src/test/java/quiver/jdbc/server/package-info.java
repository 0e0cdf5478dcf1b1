/// Tests of the driver against a real server in a process of its own.
@NullMarked
package quiver.jdbc.server;

import org.jspecify.annotations.NullMarked;
