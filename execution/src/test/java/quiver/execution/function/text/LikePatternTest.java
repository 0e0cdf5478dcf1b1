package quiver.execution.function.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LikePatternTest {
  @Test
  void wildcardsMatchAsInPostgres() {
    assertThat(LikePattern.matches("hawkeye", "h%")).isTrue();
    assertThat(LikePattern.matches("hawkeye", "H%")).isFalse();
    assertThat(LikePattern.matches("hawkeye", "h%ye")).isTrue();
    assertThat(LikePattern.matches("hawkeye", "%k%e%")).isTrue();
    assertThat(LikePattern.matches("hawkeye", "h_wkeye")).isTrue();
    assertThat(LikePattern.matches("hawkeye", "hawk_eye")).isFalse();
    assertThat(LikePattern.matches("", "%")).isTrue();
    assertThat(LikePattern.matches("", "")).isTrue();
    assertThat(LikePattern.matches("a", "")).isFalse();
    assertThat(LikePattern.matches("a%b", "a\\%b")).isTrue();
    assertThat(LikePattern.matches("axb", "a\\%b")).isFalse();
    assertThat(LikePattern.matches("𝒳y", "_y")).isTrue();
    assertThat(LikePattern.matches("aaaaaaaaaaaaaaaaaaaaaaaa", "%a%a%a%a%b")).isFalse();
  }

  @Test
  void patternsMayUseAnotherEscapeCharacter() {
    assertThat(LikePattern.matches("a%b", LikePattern.withEscape("a#%b", "#"))).isTrue();
    assertThat(LikePattern.matches("a\\b", LikePattern.withEscape("a\\b", ""))).isTrue();
    assertThat(LikePattern.matches("a#b", LikePattern.withEscape("a##b", "#"))).isTrue();
    assertThat(LikePattern.matches("a", "a\\")).isFalse();
    assertThatThrownBy(() -> LikePattern.matches("ab", "a\\"))
        .hasMessage("LIKE pattern must not end with escape character");
  }
}
