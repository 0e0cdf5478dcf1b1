/// Columnar values in memory: what operators exchange and stores keep.
@NullMarked
package quiver.common.column;

import org.jspecify.annotations.NullMarked;
