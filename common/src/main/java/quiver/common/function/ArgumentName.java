package quiver.common.function;

import java.util.Optional;

/// The name of an argument, for calls such as `make_interval(days => 10)`.
///
/// @param standard the text of the value it has when it is left out
public record ArgumentName(String name, Optional<String> standard) {}
