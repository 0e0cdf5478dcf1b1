/// The data node: commits write sets, carries out schema barriers, writes sealed segments to files
/// and merges them.
@NullMarked
package quiver.workers.datanode;

import org.jspecify.annotations.NullMarked;
