/// Who may do what, worked out from the catalog's roles and grants.
@NullMarked
package quiver.common.security;

import org.jspecify.annotations.NullMarked;
