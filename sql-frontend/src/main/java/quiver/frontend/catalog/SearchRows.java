package quiver.frontend.catalog;

import quiver.execution.function.search.Language;
import quiver.execution.function.search.TokenType;

/// `pg_ts_config`, `pg_ts_config_map`, `pg_ts_dict`, `pg_ts_parser` and `pg_ts_template`.
final class SearchRows {
  private static final int PARSER_OID = 3_722;
  private static final int SIMPLE_TEMPLATE_OID = 3_727;
  private static final int SNOWBALL_TEMPLATE_OID = 13_150;

  private SearchRows() {}

  static void configurations(RowSet rows) {
    for (Language language : Language.values()) {
      rows.add(
          "oid",
          language.configurationOid(),
          "cfgname",
          language.configurationName(),
          "cfgnamespace",
          SystemState.PG_CATALOG_OID,
          "cfgowner",
          SystemState.SUPERUSER_OID,
          "cfgparser",
          PARSER_OID);
    }
  }

  static void mappings(RowSet rows) {
    for (Language language : Language.values()) {
      for (TokenType type : TokenType.values()) {
        if (type.isIndexed()) {
          rows.add(
              "mapcfg", language.configurationOid(),
              "maptokentype", type.id(),
              "mapseqno", 1,
              "mapdict", language.ofToken(type).dictionaryOid());
        }
      }
    }
  }

  static void dictionaries(RowSet rows) {
    for (Language language : Language.values()) {
      boolean simple = language == Language.SIMPLE;
      String name = language.configurationName();
      String stopWords = language.hasStopWords() ? ", stopwords = '" + name + "'" : "";
      rows.add(
          "oid",
          language.dictionaryOid(),
          "dictname",
          language.dictionaryName(),
          "dictnamespace",
          SystemState.PG_CATALOG_OID,
          "dictowner",
          SystemState.SUPERUSER_OID,
          "dicttemplate",
          simple ? SIMPLE_TEMPLATE_OID : SNOWBALL_TEMPLATE_OID,
          "dictinitoption",
          simple ? null : "language = '" + name + "'" + stopWords);
    }
  }

  static void parsers(RowSet rows) {
    rows.add(
        "oid", PARSER_OID,
        "prsname", "default",
        "prsnamespace", SystemState.PG_CATALOG_OID,
        "prsstart", 3_717,
        "prstoken", 3_718,
        "prsend", 3_719,
        "prsheadline", 3_720,
        "prslextype", 3_721);
  }

  static void templates(RowSet rows) {
    template(rows, SIMPLE_TEMPLATE_OID, "simple", 3_725, 3_726);
    template(rows, SNOWBALL_TEMPLATE_OID, "snowball", 13_148, 13_149);
  }

  private static void template(RowSet rows, int oid, String name, int initializer, int lexizer) {
    rows.add(
        "oid", oid,
        "tmplname", name,
        "tmplnamespace", SystemState.PG_CATALOG_OID,
        "tmplinit", initializer,
        "tmpllexize", lexizer);
  }
}
