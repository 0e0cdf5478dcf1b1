/// Tests of files on workers.
@NullMarked
package quiver.workers.file;

import org.jspecify.annotations.NullMarked;
