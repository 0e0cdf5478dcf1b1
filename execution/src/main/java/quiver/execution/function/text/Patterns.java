package quiver.execution.function.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.function.FunctionContext;

/// Compiled regular expressions, the most recent ones kept. Safe for every thread.
final class Patterns {
  /// Compiled patterns kept; a query rarely uses more than a few.
  static final int CACHED_COUNT_MAX = 256;

  private static final int CHARACTERS_PER_CHECK = 1 << 14;

  private record Key(String source, String options) {}

  private final Map<Key, Pattern> cache = new LinkedHashMap<>(16, 0.75f, true);

  Matcher matcher(FunctionContext context, String text, String source, String options) {
    return pattern(source, options).matcher(new CheckedText(context, text));
  }

  private Pattern pattern(String source, String options) {
    Key key = new Key(source, options);
    synchronized (cache) {
      Pattern known = cache.get(key);
      if (known != null) {
        return known;
      }
    }
    Pattern compiled = RegexTranslator.compile(source, options);
    synchronized (cache) {
      cache.put(key, compiled);
      if (cache.size() > CACHED_COUNT_MAX) {
        cache.remove(cache.keySet().iterator().next());
      }
    }
    return compiled;
  }

  /// `find` that turns a pattern too deep for the stack into an error.
  static boolean find(Matcher matcher, int from) {
    try {
      return matcher.find(from);
    } catch (StackOverflowError e) {
      throw new QuiverException(SqlState.STATEMENT_TOO_COMPLEX, "regular expression is too complex")
          .withCause(e);
    }
  }

  /// Text that notices a cancelled statement while a pattern backtracks through it.
  private static final class CheckedText implements CharSequence {
    private final FunctionContext context;
    private final String text;
    private int reads;

    CheckedText(FunctionContext context, String text) {
      this.context = context;
      this.text = text;
    }

    @Override
    public char charAt(int index) {
      if (++reads == CHARACTERS_PER_CHECK) {
        reads = 0;
        context.session().checkCancelled();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
