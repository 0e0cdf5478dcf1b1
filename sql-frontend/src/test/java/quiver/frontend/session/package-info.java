/// Tests of what sessions decide.
@NullMarked
package quiver.frontend.session;

import org.jspecify.annotations.NullMarked;
