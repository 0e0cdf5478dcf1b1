/// What system views show of sessions: who is connected, what runs, which statements, cursors and
/// settings a session has.
@NullMarked
package quiver.frontend.activity;

import org.jspecify.annotations.NullMarked;
