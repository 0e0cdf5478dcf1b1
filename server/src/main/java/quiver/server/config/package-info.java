/// The configuration file: typed keys with units, all problems reported together.
@NullMarked
package quiver.server.config;

import org.jspecify.annotations.NullMarked;
