/// What the whole house means by a vector distance.
@NullMarked
package quiver.common.vector;

import org.jspecify.annotations.NullMarked;
