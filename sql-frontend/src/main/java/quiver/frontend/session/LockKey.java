package quiver.frontend.session;

/// What a lock of the server is about: a table, or a number of the user's (advisory locks).
record LockKey(boolean table, long id) {}
