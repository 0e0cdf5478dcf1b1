/// What every measurement hands over: JSON lines, recall curves and tables.
@NullMarked
package quiver.benchmarks.report;

import org.jspecify.annotations.NullMarked;
