/// A whole cluster on one machine: starts the stores and one process per role, watches over them,
/// and takes commands from other shells.
@NullMarked
package quiver.server.cluster;

import org.jspecify.annotations.NullMarked;
