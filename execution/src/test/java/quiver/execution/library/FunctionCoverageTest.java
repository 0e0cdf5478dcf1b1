package quiver.execution.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;

/// What the registry offers is implemented, and nothing else is.
class FunctionCoverageTest {
  private final StandardFunctionLibrary library = new StandardFunctionLibrary();

  private static Set<String> keys(FunctionKind kind) {
    return new TreeSet<>(
        FunctionRegistry.standard().functions().stream()
            .filter(function -> function.kind() == kind)
            .map(FunctionSignature::key)
            .toList());
  }

  @Test
  void everyScalarFunctionIsImplemented() {
    Set<String> missing = keys(FunctionKind.SCALAR);
    missing.removeAll(library.scalarKeys());
    assertThat(missing).isEmpty();
  }

  @Test
  void everySetReturningFunctionIsImplemented() {
    assertThat(library.setKeys())
        .containsExactlyInAnyOrderElementsOf(keys(FunctionKind.SET_RETURNING));
  }

  @Test
  void nothingIsImplementedThatTheRegistryDoesNotOffer() {
    List<String> unknown =
        library.scalarKeys().stream()
            .filter(key -> FunctionRegistry.standard().function(key).isEmpty())
            .toList();
    assertThat(unknown).isEmpty();
  }
}
