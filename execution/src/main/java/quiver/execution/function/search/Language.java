package quiver.execution.function.search;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.tartarus.snowball.SnowballStemmer;
import org.tartarus.snowball.ext.ArabicStemmer;
import org.tartarus.snowball.ext.ArmenianStemmer;
import org.tartarus.snowball.ext.BasqueStemmer;
import org.tartarus.snowball.ext.CatalanStemmer;
import org.tartarus.snowball.ext.DanishStemmer;
import org.tartarus.snowball.ext.DutchStemmer;
import org.tartarus.snowball.ext.EnglishStemmer;
import org.tartarus.snowball.ext.FinnishStemmer;
import org.tartarus.snowball.ext.FrenchStemmer;
import org.tartarus.snowball.ext.GermanStemmer;
import org.tartarus.snowball.ext.GreekStemmer;
import org.tartarus.snowball.ext.HindiStemmer;
import org.tartarus.snowball.ext.HungarianStemmer;
import org.tartarus.snowball.ext.IndonesianStemmer;
import org.tartarus.snowball.ext.IrishStemmer;
import org.tartarus.snowball.ext.ItalianStemmer;
import org.tartarus.snowball.ext.LithuanianStemmer;
import org.tartarus.snowball.ext.NepaliStemmer;
import org.tartarus.snowball.ext.NorwegianStemmer;
import org.tartarus.snowball.ext.PortugueseStemmer;
import org.tartarus.snowball.ext.RomanianStemmer;
import org.tartarus.snowball.ext.RussianStemmer;
import org.tartarus.snowball.ext.SerbianStemmer;
import org.tartarus.snowball.ext.SpanishStemmer;
import org.tartarus.snowball.ext.SwedishStemmer;
import org.tartarus.snowball.ext.TamilStemmer;
import org.tartarus.snowball.ext.TurkishStemmer;
import org.tartarus.snowball.ext.YiddishStemmer;

/// The text-search configurations there are: `simple`, which takes words as they are, and one for
/// each language with a Snowball stemmer. OIDs are those of PostgreSQL 15.
public enum Language {
  SIMPLE(3748, 3765, Optional.empty()),
  ARABIC(13152, ArabicStemmer::new),
  ARMENIAN(13154, ArmenianStemmer::new),
  BASQUE(13156, BasqueStemmer::new),
  CATALAN(13158, CatalanStemmer::new),
  DANISH(13160, DanishStemmer::new),
  DUTCH(13162, DutchStemmer::new),
  ENGLISH(13164, EnglishStemmer::new),
  FINNISH(13166, FinnishStemmer::new),
  FRENCH(13168, FrenchStemmer::new),
  GERMAN(13170, GermanStemmer::new),
  GREEK(13172, GreekStemmer::new),
  HINDI(13174, HindiStemmer::new),
  HUNGARIAN(13176, HungarianStemmer::new),
  INDONESIAN(13178, IndonesianStemmer::new),
  IRISH(13180, IrishStemmer::new),
  ITALIAN(13182, ItalianStemmer::new),
  LITHUANIAN(13184, LithuanianStemmer::new),
  NEPALI(13186, NepaliStemmer::new),
  NORWEGIAN(13188, NorwegianStemmer::new),
  PORTUGUESE(13190, PortugueseStemmer::new),
  ROMANIAN(13192, RomanianStemmer::new),
  RUSSIAN(13194, RussianStemmer::new),
  SERBIAN(13196, SerbianStemmer::new),
  SPANISH(13198, SpanishStemmer::new),
  SWEDISH(13200, SwedishStemmer::new),
  TAMIL(13202, TamilStemmer::new),
  TURKISH(13204, TurkishStemmer::new),
  YIDDISH(13206, YiddishStemmer::new);

  private final int configurationOid;
  private final int dictionaryOid;

  @SuppressWarnings("ImmutableEnumChecker")
  private final Optional<Supplier<SnowballStemmer>> stemmer;

  Language(int configurationOid, Supplier<SnowballStemmer> stemmer) {
    this(configurationOid, configurationOid - 1, Optional.of(stemmer));
  }

  Language(int configurationOid, int dictionaryOid, Optional<Supplier<SnowballStemmer>> stemmer) {
    this.configurationOid = configurationOid;
    this.dictionaryOid = dictionaryOid;
    this.stemmer = stemmer;
  }

  public int configurationOid() {
    return configurationOid;
  }

  public int dictionaryOid() {
    return dictionaryOid;
  }

  /// `english`.
  public String configurationName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// `english_stem`.
  public String dictionaryName() {
    return this == SIMPLE ? "simple" : configurationName() + "_stem";
  }

  /// The language of words in ASCII letters: English in texts whose script is another.
  Language ofAscii() {
    return this == RUSSIAN || this == HINDI ? ENGLISH : this;
  }

  /// The language whose dictionary takes a token.
  public Language ofToken(TokenType type) {
    return !type.isStemmed() ? SIMPLE : type.isAscii() ? ofAscii() : this;
  }

  public boolean hasStopWords() {
    return Dictionary.hasStopWords(this);
  }

  /// A stemmer for one thread; none for `simple`.
  Optional<SnowballStemmer> newStemmer() {
    return stemmer.map(Supplier::get);
  }

  public static Optional<Language> ofConfiguration(String name) {
    return Arrays.stream(values()).filter(l -> l.configurationName().equals(name)).findFirst();
  }

  public static Optional<Language> ofConfiguration(long oid) {
    return Arrays.stream(values()).filter(l -> l.configurationOid == oid).findFirst();
  }

  public static Optional<Language> ofDictionary(String name) {
    return Arrays.stream(values()).filter(l -> l.dictionaryName().equals(name)).findFirst();
  }

  public static Optional<Language> ofDictionary(long oid) {
    return Arrays.stream(values()).filter(l -> l.dictionaryOid == oid).findFirst();
  }
}
