/// Real clients against the real server: psql and pgjdbc.
@NullMarked
package quiver.server.client;

import org.jspecify.annotations.NullMarked;
