/// The house rules as tests: who may import whom, and how the tree is kept.
@NullMarked
package quiver.server.architecture;

import org.jspecify.annotations.NullMarked;
