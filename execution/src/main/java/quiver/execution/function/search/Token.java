package quiver.execution.function.search;

/// A piece of a text. The parts of a compound token follow it and cover the same text again.
record Token(TokenType type, String text) {}
