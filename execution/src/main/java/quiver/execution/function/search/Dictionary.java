package quiver.execution.function.search;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tartarus.snowball.SnowballStemmer;

/// Makes lexemes of the words of one language: lower case, no stop words, stemmed. Used by one
/// thread.
final class Dictionary {
  private static final class Lists {
    static final Map<String, Set<String>> STOP_WORDS = read();

    private static Map<String, Set<String>> read() {
      Map<String, Set<String>> lists = new HashMap<>();
      InputStream stream = Dictionary.class.getResourceAsStream("stopwords.txt");
      if (stream == null) {
        throw new IllegalStateException("resource stopwords.txt is missing");
      }
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
        reader
            .lines()
            .filter(line -> !line.startsWith("#"))
            .forEach(line -> {
              String[] words = line.split(" ", -1);
              lists.put(
                  words[0],
                  Set.copyOf(
                      Set.of(Arrays.stream(words).skip(1).distinct().toArray(String[]::new))));
            });
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return lists;
    }
  }

  /// Longer words are kept as they are.
  private static final int STEMMED_LENGTH_MAX = 1_000;

  private final Optional<SnowballStemmer> stemmer;
  private final Set<String> stopWords;

  Dictionary(Language language) {
    this.stemmer = language.newStemmer();
    this.stopWords = Lists.STOP_WORDS.getOrDefault(language.configurationName(), Set.of());
  }

  static boolean hasStopWords(Language language) {
    return Lists.STOP_WORDS.containsKey(language.configurationName());
  }

  /// The lexeme of a word, empty for a stop word.
  Optional<String> lexeme(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    if (stemmer.isEmpty() || lower.length() > STEMMED_LENGTH_MAX) {
      return Optional.of(lower);
    }
    if (lower.isEmpty() || stopWords.contains(lower)) {
      return Optional.empty();
    }
    SnowballStemmer program = stemmer.get();
    program.setCurrent(lower);
    program.stem();
    return Optional.of(program.getCurrent());
  }
}
