/// COPY's text, csv and binary formats, straight between bytes and columns.
@NullMarked
package quiver.frontend.copy;

import org.jspecify.annotations.NullMarked;
