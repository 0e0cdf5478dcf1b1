/// The composition root: configuration, storage, roles and front end put together; the launcher.
@NullMarked
package quiver.server;

import org.jspecify.annotations.NullMarked;
