/// Where to connect: the URL, its properties, the choice among several front ends.
@NullMarked
package quiver.jdbc.host;

import org.jspecify.annotations.NullMarked;
