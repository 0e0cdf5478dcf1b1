package quiver.frontend.pgwire;

import quiver.frontend.auth.Login;

/// What a connection brings along before its user is known.
///
/// @param letIn called once the client is authenticated: from then on it may send large messages
record Entrance(Login.Peer peer, Runnable letIn) {}
