/// PostgreSQL's configuration parameters as sessions show, set and obey them.
@NullMarked
package quiver.frontend.setting;

import org.jspecify.annotations.NullMarked;
