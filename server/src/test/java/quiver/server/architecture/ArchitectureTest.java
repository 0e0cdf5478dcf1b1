package quiver.server.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The import table of docs/architecture.md.
class ArchitectureTest {
  /// For each module, the modules it may import.
  private static final Map<String, List<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("common", List.of()),
          Map.entry("vector", List.of("common")),
          Map.entry("execution", List.of("common", "vector")),
          Map.entry("storage", List.of("common")),
          Map.entry("rpc", List.of("common")),
          Map.entry("planner", List.of("common")),
          Map.entry("workers", List.of("common", "vector", "execution", "storage", "rpc")),
          Map.entry("coordinators", List.of("common", "storage", "rpc")),
          Map.entry("frontend", List.of("common", "planner", "execution", "rpc")),
          Map.entry(
              "server",
              List.of(
                  "common",
                  "vector",
                  "execution",
                  "storage",
                  "rpc",
                  "planner",
                  "workers",
                  "coordinators",
                  "frontend")));

  /// Libraries that may be used in one place only.
  private static final Map<String, List<String>> FENCES =
      Map.of(
          "jdk.incubator.vector..",
          List.of("quiver.vector.kernel.."),
          "org.apache.calcite..",
          List.of("quiver.planner.."),
          "io.netty..",
          List.of("quiver.frontend..", "quiver.rpc.grpc..", "quiver.storage.meta.etcd.."),
          "ch.qos.logback..",
          List.of("quiver.server.."));

  private static JavaClasses classes = new ClassFileImporter().importPackages();

  @BeforeAll
  static void importClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("quiver");
  }

  @Test
  void modulesImportOnlyWhatTheTableAllows() {
    for (Map.Entry<String, List<String>> entry : ALLOWED.entrySet()) {
      List<String> forbidden = new ArrayList<>();
      for (String other : ALLOWED.keySet()) {
        if (!other.equals(entry.getKey()) && !entry.getValue().contains(other)) {
          forbidden.add("quiver." + other + "..");
        }
      }
      if (!forbidden.isEmpty()) {
        noClasses()
            .that()
            .resideInAPackage("quiver." + entry.getKey() + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(forbidden.toArray(String[]::new))
            .allowEmptyShould(true)
            .check(classes);
      }
    }
  }

  @Test
  void librariesStayBehindTheirFences() {
    FENCES.forEach((library, homes) ->
        noClasses()
            .that()
            .resideOutsideOfPackages(homes.toArray(String[]::new))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(library)
            .check(classes));
  }

  @Test
  void packagesAreFreeOfCycles() {
    slices().matching("quiver.(*)..").should().beFreeOfCycles().check(classes);
    for (String module : ALLOWED.keySet()) {
      slices()
          .matching("quiver." + module + ".(*)..")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .check(classes);
    }
  }
}
