package quiver.execution.function.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RegexTest {
  private static RegexMatcher matcher(String pattern, String text) {
    return RegexParser.parse(pattern, "").matcher(text, () -> {});
  }

  private static boolean finds(String pattern, String text) {
    return matcher(pattern, text).find(0);
  }

  private static List<String> groups(String pattern, String text) {
    RegexMatcher matcher = matcher(pattern, text);
    assertThat(matcher.find(0)).isTrue();
    List<String> groups = new ArrayList<>();
    for (int i = 0; i <= matcher.groupCount(); i++) {
      groups.add(matcher.group(i));
    }
    return groups;
  }

  @Test
  void readsPostgresForms() {
    assertThat(finds("^ab.c$", "ab\nc")).isTrue();
    assertThat(finds("\\mfoo\\M", "a foo b")).isTrue();
    assertThat(finds("[[:alpha:]_]+", "12ä")).isTrue();
    assertThat(finds("(?i)ABC", "abc")).isTrue();
    assertThat(finds("***=a.c", "abc")).isFalse();
    assertThat(finds("a$", "a\n")).isFalse();
    assertThat(finds("^(items)$", "items")).isTrue();
    assertThat(finds("(?<=a)b(?!c)", "abc abd")).isTrue();
    assertThat(finds(SimilarPattern.similar("%(b|d)%", "\\"), "abc")).isTrue();
    assertThat(finds(SimilarPattern.similar("(b|c)%", "\\"), "abc")).isFalse();
  }

  @Test
  void refusesWhatPostgresRefuses() {
    for (String[] each :
        new String[][] {
          {"(", "parentheses () not balanced"},
          {"a)", "parentheses () not balanced"},
          {"[a", "brackets [] not balanced"},
          {"*a", "quantifier operand invalid"},
          {"a**", "quantifier operand invalid"},
          {"a{2,1}", "invalid repetition count(s)"},
          {"a{256}", "invalid repetition count(s)"},
          {"a{1", "braces {} not balanced"},
          {"[b-a]", "invalid character range"},
          {"[[:no:]]", "invalid character class"},
          {"\\1", "invalid backreference number"},
          {"\\q", "invalid escape \\ sequence"},
        }) {
      assertThatThrownBy(() -> RegexParser.parse(each[0], ""))
          .hasMessage("invalid regular expression: " + each[1]);
    }
  }

  @Test
  void prefersTheLongestUnlessAskedForTheShortest() {
    assertThat(groups("o|oo|ooo", "foo")).containsExactly("oo");
    assertThat(groups("(a|ab)(c|bcd)(d*)", "abcd")).containsExactly("abcd", "ab", "c", "d");
    assertThat(groups("a+?", "aaa")).containsExactly("a");
    assertThat(groups("(a+?)b*", "aabb")).containsExactly("a", "a");
    assertThat(groups("(.*?)(\\d+)", "ab12")).containsExactly("ab1", "ab", "1");
    assertThat(groups("(a)|b", "b")).containsExactly("b", null);
    assertThat(groups("(\\w)\\1", "abccd")).containsExactly("cc", "c");
  }

  @Test
  void takesTimeInProportionToTheText() {
    String text = "ab".repeat(200_000);
    assertThat(groups("(a|b)*c", text + "c").getLast()).isEqualTo("b");
    assertThat(finds("(a|b)*c", text)).isFalse();
    assertThat(finds("(a?){30}a{30}", "a".repeat(30))).isTrue();
    assertThat(finds("x".repeat(20_000), "x".repeat(20_000))).isTrue();
  }

  @Test
  void refusesWhatWouldTakeTooMuch() {
    assertThatThrownBy(() -> RegexParser.parse("(".repeat(5_000) + ")".repeat(5_000), ""))
        .hasMessage("invalid regular expression: regular expression is too complex");
    assertThatThrownBy(() -> finds("((a{255}){255}){255}", "a"))
        .hasMessage("invalid regular expression: regular expression is too complex");
  }

  @Test
  void asksNowAndThenWhetherToGoOn() {
    AtomicInteger asked = new AtomicInteger();
    boolean found =
        RegexParser.parse("(a|b)*c", "")
            .matcher("ab".repeat(100_000), asked::incrementAndGet)
            .find(0);
    assertThat(found).isFalse();
    assertThat(asked.get()).isPositive();
  }
}
