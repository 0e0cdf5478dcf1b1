package quiver.planner.parser.grammar;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import quiver.planner.parser.generated.GeneratedParserConstants;

/// PostgreSQL 15's keywords: which token each one is and where it may stand as a name. The lists
/// are those of `pg_get_keywords()`.
final class Keywords {
  /// Where a word may be used as a name.
  enum Category {
    /// Not a keyword, or quoted.
    NAME,
    /// Anywhere.
    UNRESERVED,
    /// As a column or table, not as a function or type.
    COLUMN_NAME,
    /// As a function or type, not as a column or table.
    TYPE_OR_FUNCTION_NAME,
    /// Only as a label after AS.
    RESERVED,
    /// Not a word at all.
    NONE
  }

  /// @param bareLabel may be a column label without AS
  record Keyword(int kind, Category category, boolean bareLabel) {}

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private static final String RESERVED =
      """
      all analyse analyze and any array as asc asymmetric both case cast check collate column
      constraint create current_catalog current_date current_role current_time
      current_timestamp current_user default deferrable desc distinct do else end except false
      fetch for foreign from grant group having in initially intersect into lateral leading
      limit localtime localtimestamp not null offset on only or order placing primary
      references returning select session_user some symmetric table then to trailing true
      union unique user using variadic when where window with
      """;

  private static final String TYPE_OR_FUNCTION_NAME =
      """
      authorization binary collation concurrently cross current_schema freeze full ilike inner
      is isnull join left like natural notnull outer overlaps right similar tablesample
      verbose
      """;

  private static final String COLUMN_NAME =
      """
      between bigint bit boolean char character coalesce dec decimal exists extract float
      greatest grouping inout int integer interval least national nchar none normalize nullif
      numeric out overlay position precision real row setof smallint substring time timestamp
      treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest
      xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
      """;

  private static final String UNRESERVED =
      """
      abort absolute access action add admin after aggregate also alter always asensitive
      assertion assignment at atomic attach attribute backward before begin breadth by cache
      call called cascade cascaded catalog chain characteristics checkpoint class close
      cluster columns comment comments commit committed compression configuration conflict
      connection constraints content continue conversion copy cost csv cube current cursor
      cycle data database day deallocate declare defaults deferred definer delete delimiter
      delimiters depends depth detach dictionary disable discard document domain double drop
      each enable encoding encrypted enum escape event exclude excluding exclusive execute
      explain expression extension external family filter finalize first following force
      forward function functions generated global granted groups handler header hold hour
      identity if immediate immutable implicit import include including increment index
      indexes inherit inherits inline input insensitive insert instead invoker isolation key
      label language large last leakproof level listen load local location lock locked logged
      mapping match matched materialized maxvalue merge method minute minvalue mode month move
      name names new next nfc nfd nfkc nfkd no normalized nothing notify nowait nulls object
      of off oids old operator option options ordinality others over overriding owned owner
      parallel parameter parser partial partition passing password plans policy preceding
      prepare prepared preserve prior privileges procedural procedure procedures program
      publication quote range read reassign recheck recursive ref referencing refresh reindex
      relative release rename repeatable replace replica reset restart restrict return returns
      revoke role rollback rollup routine routines rows rule savepoint schema schemas scroll
      search second security sequence sequences serializable server session set sets share
      show simple skip snapshot sql stable standalone start statement statistics stdin stdout
      storage stored strict strip subscription support sysid system tables tablespace temp
      template temporary text ties transaction transform trigger truncate trusted type types
      uescape unbounded uncommitted unencrypted unknown unlisten unlogged until update vacuum
      valid validate validator value varying version view views volatile whitespace within
      without work wrapper write xml year yes zone
      """;

  private static final Set<String> NO_BARE_LABEL =
      Set.of(
          """
          array as char character create day except fetch filter for from grant group having hour
          intersect into isnull limit minute month notnull offset on order over overlaps precision
          returning second to union varying where window with within without year
          """
              .strip()
              .split("\\s+"));

  private static final Map<String, Keyword> KEYWORDS = read();

  private Keywords() {}

  /// The keyword a lower-case word is, or null.
  static @Nullable Keyword find(String word) {
    return KEYWORDS.get(word);
  }

  private static Map<String, Keyword> read() {
    Map<String, Integer> kinds = new HashMap<>();
    for (int kind = 0; kind < GeneratedParserConstants.tokenImage.length; kind++) {
      // `<SELECT>`; an underscore at the end keeps a name apart from one of JavaCC's or ours.
      String image = GeneratedParserConstants.tokenImage[kind];
      String word = image.substring(1, image.length() - 1).toLowerCase(Locale.ROOT);
      kinds.put(word.endsWith("_") ? word.substring(0, word.length() - 1) : word, kind);
    }
    Map<String, Keyword> keywords = new HashMap<>();
    add(keywords, kinds, RESERVED, Category.RESERVED);
    add(keywords, kinds, TYPE_OR_FUNCTION_NAME, Category.TYPE_OR_FUNCTION_NAME);
    add(keywords, kinds, COLUMN_NAME, Category.COLUMN_NAME);
    add(keywords, kinds, UNRESERVED, Category.UNRESERVED);
    return Map.copyOf(keywords);
  }

  private static void add(
      Map<String, Keyword> keywords, Map<String, Integer> kinds, String words, Category category) {
    for (String word : BLANKS.splitAsStream(words.strip()).toList()) {
      // A keyword no production names is told by its category only.
      int kind = kinds.getOrDefault(word, GeneratedParserConstants.OTHER_KEYWORD);
      keywords.put(word, new Keyword(kind, category, !NO_BARE_LABEL.contains(word)));
    }
  }
}
