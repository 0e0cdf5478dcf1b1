package quiver.server.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import quiver.server.config.ConfigKey;

/// House rules over the source tree.
class TidyTest {
  private static final Path ROOT = root();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
  private static final Pattern LIMIT =
      Pattern.compile("public static final (?:int|long) ([A-Z][A-Z0-9_]*_MAX)\\b");

  @Test
  void everyPackageSaysWhatItHolds() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Path file : files(".java")) {
      if (file.endsWith("module-info.java")) {
        continue;
      }
      Path info = packageInfo(file);
      if (!Files.exists(info)) {
        problems.add(ROOT.relativize(file.getParent()) + " has no package-info.java");
      } else if (!Files.readString(info).contains("@NullMarked")
          || !Files.readString(info).startsWith("///")) {
        problems.add(ROOT.relativize(info) + " lacks a sentence or @NullMarked");
      }
    }
    assertThat(problems.stream().distinct()).isEmpty();
  }

  /// The package's description; tests share the one of the package they test.
  private static Path packageInfo(Path file) {
    Path info = file.resolveSibling("package-info.java");
    Path main = Path.of(info.toString().replace("/src/test/java/", "/src/main/java/"));
    return Files.exists(info) ? info : main;
  }

  @Test
  void nothingIsLeftToDoWithoutAnIssue() throws IOException {
    Pattern open = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b(?!\\(#\\d+\\))");
    List<String> problems = new ArrayList<>();
    for (Path file : files(".java")) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (open.matcher(lines.get(i)).find()) {
          problems.add(ROOT.relativize(file) + ":" + (i + 1));
        }
      }
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void markdownLinksResolve() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Path file : files(".md")) {
      Matcher link = LINK.matcher(Files.readString(file));
      while (link.find()) {
        String target = link.group(1);
        if (!target.contains("://") && !Files.exists(file.resolveSibling(target))) {
          problems.add(ROOT.relativize(file) + " -> " + target);
        }
      }
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void everyConfigKeyIsDocumented() throws IOException {
    String text = Files.readString(ROOT.resolve("docs/config.md"));
    for (ConfigKey key : ConfigKey.values()) {
      String shown = key.defaultText().isEmpty() ? "empty" : "`" + key.defaultText() + "`";
      assertThat(text).contains("| `" + key.key() + "` | " + shown + " |");
    }
  }

  @Test
  void everyPublicLimitIsDocumented() throws IOException {
    String text = Files.readString(ROOT.resolve("docs/limits.md"));
    List<String> problems = new ArrayList<>();
    for (Path file : files(".java")) {
      if (!file.toString().contains("/src/main/java/")) {
        continue;
      }
      Matcher limit = LIMIT.matcher(Files.readString(file));
      while (limit.find()) {
        if (!text.contains("." + limit.group(1) + "`")) {
          problems.add(limit.group(1) + " of " + ROOT.relativize(file));
        }
      }
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void deploymentsSetKeysThatExist() throws IOException {
    Pattern setting = Pattern.compile("(?m)(?:^ *|--set[= ])([a-z]+(?:-[a-z]+)*) ?=");
    Set<String> known =
        Arrays.stream(ConfigKey.values()).map(ConfigKey::key).collect(Collectors.toSet());
    for (String name :
        List.of(
            "cluster.conf", "compose.yaml", "kubernetes/config.yaml", "kubernetes/roles.yaml")) {
      Matcher found = setting.matcher(Files.readString(ROOT.resolve("deploy").resolve(name)));
      int count = 0;
      while (found.find()) {
        assertThat(known).as(name).contains(found.group(1));
        count++;
      }
      assertThat(count).as(name).isPositive();
    }
  }

  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(ending))
          .filter(file -> !ROOT.relativize(file).toString().contains("target/"))
          .filter(file -> !ROOT.relativize(file).toString().startsWith(".git"))
          .toList();
    }
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("bin/verify"))) {
      folder =
          Objects.requireNonNull(folder.getParent(), "no checkout above the working directory");
    }
    return folder;
  }
}
