package quiver.common.function;

import java.util.Optional;

/// The way from one type to another.
///
/// @param function of method FUNCTION
/// @param elements of method ARRAY: the way from element to element
public record Coercion(
    CastMethod method, Optional<FunctionSignature> function, Optional<Coercion> elements) {
  static final Coercion BINARY =
      new Coercion(CastMethod.BINARY, Optional.empty(), Optional.empty());
  static final Coercion INOUT = new Coercion(CastMethod.INOUT, Optional.empty(), Optional.empty());

  static Coercion of(FunctionSignature function) {
    return new Coercion(CastMethod.FUNCTION, Optional.of(function), Optional.empty());
  }

  static Coercion ofElements(Coercion elements) {
    return new Coercion(CastMethod.ARRAY, Optional.empty(), Optional.of(elements));
  }
}
