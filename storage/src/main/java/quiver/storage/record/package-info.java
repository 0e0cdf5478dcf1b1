/// The envelope of every log record, and the rules by which a reader accepts or drops it.
@NullMarked
package quiver.storage.record;

import org.jspecify.annotations.NullMarked;
