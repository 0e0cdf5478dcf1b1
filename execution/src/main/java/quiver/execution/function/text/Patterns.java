package quiver.execution.function.text;

import java.util.LinkedHashMap;
import java.util.Map;
import quiver.execution.function.FunctionContext;

/// Regular expressions that have been read, the most recent ones kept. Safe for every thread.
final class Patterns {
  /// Patterns kept; a query rarely uses more than a few.
  static final int CACHED_COUNT_MAX = 256;

  private record Key(String source, String options) {}

  private final Map<Key, RegexPattern> cache = new LinkedHashMap<>(16, 0.75f, true);

  RegexMatcher matcher(FunctionContext context, String text, String source, String options) {
    return pattern(source, options).matcher(text, () -> context.session().checkCancelled());
  }

  private RegexPattern pattern(String source, String options) {
    Key key = new Key(source, options);
    synchronized (cache) {
      RegexPattern known = cache.get(key);
      if (known != null) {
        return known;
      }
    }
    RegexPattern made = RegexParser.parse(source, options);
    synchronized (cache) {
      cache.put(key, made);
      if (cache.size() > CACHED_COUNT_MAX) {
        cache.remove(cache.keySet().iterator().next());
      }
    }
    return made;
  }
}
