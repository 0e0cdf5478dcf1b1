/// Values of result columns, parameters and COPY fields in PostgreSQL's text and binary formats.
@NullMarked
package quiver.frontend.format;

import org.jspecify.annotations.NullMarked;
