/// Who may open a session: rules by host, passwords, certificates.
@NullMarked
package quiver.frontend.auth;

import org.jspecify.annotations.NullMarked;
