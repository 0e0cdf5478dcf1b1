/// What a cluster costs beside one server: `bin/quiver bench cluster`.
@NullMarked
package quiver.benchmarks.cluster;

import org.jspecify.annotations.NullMarked;
