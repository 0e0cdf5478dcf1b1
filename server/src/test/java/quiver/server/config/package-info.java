/// Tests of the configuration file.
@NullMarked
package quiver.server.config;

import org.jspecify.annotations.NullMarked;
