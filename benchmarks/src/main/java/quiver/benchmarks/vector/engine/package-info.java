/// The indexes that are compared, each in a process of its own behind one line protocol.
@NullMarked
package quiver.benchmarks.vector.engine;

import org.jspecify.annotations.NullMarked;
