/// SQL text and a catalog image in, a distributed plan out.
@NullMarked
package quiver.planner;

import org.jspecify.annotations.NullMarked;
