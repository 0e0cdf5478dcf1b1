package quiver.frontend.setting;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import quiver.frontend.setting.Parameter.Access;
import quiver.frontend.setting.Parameter.Kind;
import quiver.frontend.setting.Parameter.Unit;

/// Every parameter there is: PostgreSQL 15's that clients ask for, pgvector's, and our own. Names,
/// defaults and ranges are PostgreSQL's and pgvector's.
public final class Parameters {
  /// First parts of names that belong to an extension: nothing can be added under them.
  static final List<String> RESERVED_PREFIXES = List.of("hnsw", "ivfflat", "quiver", "plpgsql");

  private static final String CLIENT = "Client Connection Defaults / Statement Behavior";
  private static final String LOCALE = "Client Connection Defaults / Locale and Formatting";
  private static final String PLANNER = "Query Tuning / Planner Method Configuration";
  private static final String COSTS = "Query Tuning / Planner Cost Constants";
  private static final String MEMORY = "Resource Usage / Memory";
  private static final String WORKERS = "Resource Usage / Asynchronous Behavior";
  private static final String PRESET = "Preset Options";
  private static final String VERSIONS =
      "Version and Platform Compatibility / Previous PostgreSQL Versions";
  private static final String CUSTOMIZED = "Customized Options";
  private static final String CONNECTIONS = "Connections and Authentication / Connection Settings";
  private static final String LOGGING = "Reporting and Logging / What to Log";

  private final Map<String, Parameter> byName = new TreeMap<>();

  /// @param serverVersion for example `15.0 (Quiver 0.1)`
  public Parameters(String serverVersion, int connectionCountMax, boolean isEncrypting) {
    addPreset(serverVersion, connectionCountMax, isEncrypting);
    addClient();
    addPlanner();
    addResources();
    addVector();
  }

  private void addPreset(String serverVersion, int connectionCountMax, boolean isEncrypting) {
    fixed("server_version", serverVersion, true, "Shows the server version.");
    fixed("server_version_num", "150000", false, "Shows the server version as an integer.");
    fixed("server_encoding", "UTF8", true, "Shows the server (database) character set encoding.");
    fixed("integer_datetimes", "on", true, "Shows whether datetimes are integer based.");
    fixed("in_hot_standby", "off", true, "Shows whether hot standby is currently active.");
    fixed("is_superuser", "on", true, "Shows whether the current user is a superuser.");
    fixed("max_identifier_length", "63", false, "Shows the maximum identifier length.");
    fixed("max_index_keys", "32", false, "Shows the maximum number of index keys.");
    fixed("max_function_args", "100", false, "Shows the maximum number of function arguments.");
    fixed("block_size", "8192", false, "Shows the size of a disk block.");
    fixed("wal_block_size", "8192", false, "Shows the block size in the write ahead log.");
    fixed("lc_collate", "C", false, "Shows the collation order locale.");
    fixed("lc_ctype", "C", false, "Shows the character classification locale.");
    fixed("data_checksums", "on", false, "Shows whether data checksums are turned on.");
    add(
        "max_connections",
        new Kind.Int(1, 262143, null),
        Access.POSTMASTER,
        Integer.toString(connectionCountMax),
        CONNECTIONS,
        "Sets the maximum number of concurrent connections.");
    add(
        "ssl",
        new Kind.Bool(),
        Access.RELOAD,
        isEncrypting ? "on" : "off",
        CONNECTIONS,
        "Enables SSL connections.");
    add("fsync", new Kind.Bool(), Access.RELOAD, "on", CLIENT, "Forces updates to disk.");
    add(
        "wal_level",
        choice("minimal", "replica", "logical"),
        Access.POSTMASTER,
        "replica",
        CLIENT,
        "Sets the level of information written to the log.");
  }

  private void addClient() {
    reported("application_name", new Kind.Text(), "", LOGGING, "Sets the application name.");
    reported(
        "client_encoding",
        new Kind.Encoding(),
        "UTF8",
        LOCALE,
        "Sets the client's character set encoding.");
    reported(
        "DateStyle",
        new Kind.DateStyle(),
        "ISO, MDY",
        LOCALE,
        "Sets the display format for date and time values.");
    reported(
        "IntervalStyle",
        choice("postgres", "postgres_verbose", "sql_standard", "iso_8601"),
        "postgres",
        LOCALE,
        "Sets the display format for interval values.");
    reported("TimeZone", new Kind.TimeZone(), "UTC", LOCALE, "Sets the time zone.");
    reported(
        "standard_conforming_strings",
        new Kind.Choice(List.of("on", "off"), List.of("on")),
        "on",
        VERSIONS,
        "Causes '...' strings to treat backslashes literally.");
    reported(
        "default_transaction_read_only",
        new Kind.Bool(),
        "off",
        CLIENT,
        "Sets the default read-only status of new transactions.");
    reported(
        "session_authorization", new Kind.Role(), "", CLIENT, "Sets the current session user.");
    user("role", new Kind.Role(), "none", CLIENT, "Sets the current role.");
    user("search_path", new Kind.SearchPath(), "\"$user\", public", CLIENT, "Sets the schemas.");
    user(
        "extra_float_digits",
        new Kind.Int(-15, 3, null),
        "1",
        LOCALE,
        "Sets the number of digits displayed for floating-point values.");
    user(
        "bytea_output",
        choice("escape", "hex"),
        "hex",
        CLIENT,
        "Sets the output format for bytea.");
    user("xmlbinary", choice("base64", "hex"), "base64", CLIENT, "Sets how binary is put in XML.");
    user(
        "xmloption",
        choice("content", "document"),
        "content",
        CLIENT,
        "Sets whether XML data is a document or a fragment.");
    List<String> levels =
        List.of(
            "debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice", "warning", "error");
    user(
        "client_min_messages",
        new Kind.Choice(levels, levels),
        "notice",
        CLIENT,
        "Sets the message levels that are sent to the client.");
    user(
        "default_transaction_isolation",
        new Kind.Choice(
            List.of("serializable", "repeatable read", "read committed", "read uncommitted"),
            List.of("repeatable read", "read committed", "read uncommitted")),
        "read committed",
        CLIENT,
        "Sets the transaction isolation level of each new transaction.");
    user(
        "default_transaction_deferrable",
        new Kind.Bool(),
        "off",
        CLIENT,
        "Sets the default deferrable status of new transactions.");
    user(
        "transaction_isolation",
        new Kind.Choice(
            List.of("serializable", "repeatable read", "read committed", "read uncommitted"),
            List.of("repeatable read", "read committed", "read uncommitted")),
        "read committed",
        CLIENT,
        "Sets the current transaction's isolation level.");
    user(
        "transaction_read_only",
        new Kind.Bool(),
        "off",
        CLIENT,
        "Sets the current transaction's read-only status.");
    user(
        "transaction_deferrable",
        new Kind.Bool(),
        "off",
        CLIENT,
        "Whether to defer a read-only serializable transaction.");
    milliseconds("statement_timeout", "Sets the maximum allowed duration of any statement.");
    milliseconds("lock_timeout", "Sets the maximum allowed duration of any wait for a lock.");
    milliseconds(
        "idle_in_transaction_session_timeout",
        "Sets the maximum allowed idle time between queries, when in a transaction.");
    milliseconds(
        "idle_session_timeout",
        "Sets the maximum allowed idle time between queries, when not in a transaction.");
    user("row_security", new Kind.Bool(), "on", CONNECTIONS, "Enables row security.");
    user("check_function_bodies", new Kind.Bool(), "on", CLIENT, "Checks routine bodies.");
    user("default_tablespace", new Kind.Text(), "", CLIENT, "Sets the default tablespace.");
    user(
        "default_table_access_method",
        new Kind.Choice(List.of("heap"), List.of("heap")),
        "heap",
        CLIENT,
        "Sets the default table access method for new tables.");
    user("temp_tablespaces", new Kind.Text(), "", CLIENT, "Sets the tablespaces for sorts.");
    user("lc_messages", new Kind.Text(), "C", LOCALE, "Sets the language of messages.");
    user("lc_monetary", new Kind.Text(), "C", LOCALE, "Sets the locale for amounts of money.");
    user("lc_numeric", new Kind.Text(), "C", LOCALE, "Sets the locale for numbers.");
    user("lc_time", new Kind.Text(), "C", LOCALE, "Sets the locale for dates.");
    user(
        "default_text_search_config",
        new Kind.Text(),
        "pg_catalog.english",
        LOCALE,
        "Sets the default text search configuration.");
    user(
        "escape_string_warning",
        new Kind.Bool(),
        "on",
        VERSIONS,
        "Warn about backslash escapes in ordinary string literals.");
    user(
        "backslash_quote",
        choice("safe_encoding", "on", "off"),
        "safe_encoding",
        VERSIONS,
        "Sets whether \"\\'\" is allowed in string literals.");
    user("quote_all_identifiers", new Kind.Bool(), "off", VERSIONS, "Quotes all identifiers.");
    user("array_nulls", new Kind.Bool(), "on", VERSIONS, "Enables input of NULL in arrays.");
    user(
        "transform_null_equals",
        new Kind.Choice(List.of("off", "on"), List.of("off")),
        "off",
        VERSIONS,
        "Treats \"expr=NULL\" as \"expr IS NULL\".");
    user("synchronize_seqscans", new Kind.Bool(), "on", VERSIONS, "Synchronised scans.");
    user(
        "synchronous_commit",
        new Kind.Choice(
            List.of("local", "remote_write", "remote_apply", "on", "off"),
            List.of("local", "remote_write", "remote_apply", "on")),
        "on",
        CLIENT,
        "Sets the current transaction's synchronization level.");
    user("log_statement", choice("none", "ddl", "mod", "all"), "none", LOGGING, "Sets logging.");
    user(
        "log_min_duration_statement",
        new Kind.Int(-1, Integer.MAX_VALUE, Unit.MILLISECONDS),
        "-1",
        LOGGING,
        "Sets the minimum execution time above which statements are logged.");
    user(
        "password_encryption",
        choice("md5", "scram-sha-256"),
        "scram-sha-256",
        CONNECTIONS,
        "Chooses the algorithm for encrypting passwords.");
    user(
        "tcp_keepalives_idle",
        new Kind.Int(0, Integer.MAX_VALUE, Unit.SECONDS),
        "0",
        CONNECTIONS,
        "Time between issuing TCP keepalives.");
  }

  private void addPlanner() {
    for (String method :
        List.of(
            "seqscan",
            "indexscan",
            "indexonlyscan",
            "bitmapscan",
            "tidscan",
            "sort",
            "incremental_sort",
            "hashagg",
            "hashjoin",
            "mergejoin",
            "nestloop",
            "material",
            "memoize",
            "gathermerge",
            "parallel_append",
            "parallel_hash",
            "partition_pruning")) {
      user(
          "enable_" + method,
          new Kind.Bool(),
          "on",
          PLANNER,
          "Enables the planner's use of " + method.replace('_', ' ') + " plans.");
    }
    user("jit", new Kind.Bool(), "off", PLANNER, "Allow JIT compilation.");
    user("geqo", new Kind.Bool(), "on", PLANNER, "Enables genetic query optimization.");
    user(
        "plan_cache_mode",
        choice("auto", "force_generic_plan", "force_custom_plan"),
        "auto",
        PLANNER,
        "Controls the planner's selection of custom or generic plan.");
    user(
        "constraint_exclusion",
        choice("partition", "on", "off"),
        "partition",
        PLANNER,
        "Enables the planner to use constraints to optimize queries.");
    real("seq_page_cost", "1", "Sets the estimate of the cost of a sequentially fetched page.");
    real("random_page_cost", "4", "Sets the estimate of the cost of a nonsequential page.");
    real("cpu_tuple_cost", "0.01", "Sets the estimate of the cost of processing each row.");
    real("cpu_index_tuple_cost", "0.005", "Sets the estimate of each index entry.");
    real("cpu_operator_cost", "0.0025", "Sets the estimate of each operator.");
    real("parallel_setup_cost", "1000", "Sets the estimate of starting workers.");
    real("parallel_tuple_cost", "0.1", "Sets the estimate of passing each row.");
    user(
        "default_statistics_target",
        new Kind.Int(1, 10000, null),
        "100",
        PLANNER,
        "Sets the default statistics target.");
    user(
        "from_collapse_limit",
        new Kind.Int(1, Integer.MAX_VALUE, null),
        "8",
        PLANNER,
        "Sets the FROM-list size beyond which subqueries are not collapsed.");
    user(
        "join_collapse_limit",
        new Kind.Int(1, Integer.MAX_VALUE, null),
        "8",
        PLANNER,
        "Sets the FROM-list size beyond which JOIN constructs are not flattened.");
  }

  private void addResources() {
    user(
        "work_mem",
        new Kind.Int(64, Integer.MAX_VALUE, Unit.KILOBYTES),
        "65536",
        MEMORY,
        "Sets the maximum memory to be used for one sort, join or aggregate.");
    user(
        "maintenance_work_mem",
        new Kind.Int(1024, Integer.MAX_VALUE, Unit.KILOBYTES),
        "65536",
        MEMORY,
        "Sets the maximum memory to be used for maintenance operations.");
    user(
        "temp_buffers",
        new Kind.Int(100, 1073741823, Unit.PAGES),
        "1024",
        MEMORY,
        "Sets the maximum number of temporary buffers used by each session.");
    add(
        "shared_buffers",
        new Kind.Int(16, 1073741823, Unit.PAGES),
        Access.POSTMASTER,
        "16384",
        MEMORY,
        "Sets the number of shared memory buffers used by the server.");
    user(
        "effective_cache_size",
        new Kind.Int(1, Integer.MAX_VALUE, Unit.PAGES),
        "524288",
        COSTS,
        "Sets the planner's assumption about the total size of the data caches.");
    user("hash_mem_multiplier", new Kind.Real(1, 1000), "2", MEMORY, "Multiple of work_mem.");
    for (String name :
        List.of(
            "max_parallel_workers",
            "max_parallel_workers_per_gather",
            "max_parallel_maintenance_workers")) {
      user(
          name,
          new Kind.Int(0, 1024, null),
          name.equals("max_parallel_workers") ? "8" : "2",
          WORKERS,
          "Sets the maximum number of parallel workers.");
    }
    user(
        "min_parallel_table_scan_size",
        new Kind.Int(0, 715827882, Unit.PAGES),
        "1024",
        COSTS,
        "Sets the minimum amount of table data for a parallel scan.");
    user(
        "min_parallel_index_scan_size",
        new Kind.Int(0, 715827882, Unit.PAGES),
        "64",
        COSTS,
        "Sets the minimum amount of index data for a parallel scan.");
    user(
        "effective_io_concurrency",
        new Kind.Int(0, 1000, null),
        "1",
        WORKERS,
        "Number of simultaneous requests that disks handle well.");
  }

  private void addVector() {
    user(
        "hnsw.ef_search",
        new Kind.Int(1, 1000, null),
        "40",
        CUSTOMIZED,
        "Sets the size of the dynamic candidate list for search");
    user(
        "hnsw.iterative_scan",
        choice("off", "relaxed_order", "strict_order"),
        "off",
        CUSTOMIZED,
        "Sets the mode for iterative scans");
    user(
        "hnsw.max_scan_tuples",
        new Kind.Int(1, Integer.MAX_VALUE, null),
        "20000",
        CUSTOMIZED,
        "Sets the max number of tuples to visit for iterative scans");
    user(
        "hnsw.scan_mem_multiplier",
        new Kind.Real(1, 1000),
        "1",
        CUSTOMIZED,
        "Sets the multiple of work_mem to use for iterative scans");
    user(
        "ivfflat.probes",
        new Kind.Int(1, 32768, null),
        "1",
        CUSTOMIZED,
        "Sets the number of probes");
    user(
        "ivfflat.iterative_scan",
        choice("off", "relaxed_order"),
        "off",
        CUSTOMIZED,
        "Sets the mode for iterative scans");
    user(
        "ivfflat.max_probes",
        new Kind.Int(1, 32768, null),
        "32768",
        CUSTOMIZED,
        "Sets the max number of probes for iterative scans");
    user(
        "quiver.target_recall",
        new Kind.Real(0, 1),
        "0",
        CUSTOMIZED,
        "Sets the recall a search by a vector index aims at; 0 takes the effort from hnsw.ef_search"
            + " and ivfflat.probes");
    user(
        "quiver.pgvector_limits",
        new Kind.Bool(),
        "off",
        CUSTOMIZED,
        "Refuses indexes over more dimensions than pgvector's can have.");
    user(
        "quiver.shards",
        new Kind.Int(1, 1024, null),
        "1",
        CUSTOMIZED,
        "Sets the number of shards of new tables");
    user(
        "quiver.consistency",
        choice("strong", "session", "bounded", "eventual"),
        "strong",
        CUSTOMIZED,
        "Sets how recent the snapshot of a query outside a transaction block is");
    user(
        "quiver.max_staleness",
        new Kind.Int(0, 600_000, Unit.MILLISECONDS),
        "1000",
        CUSTOMIZED,
        "Sets how old the snapshot of a query with bounded consistency may be");
    user(
        "quiver.session_token",
        new Kind.Int(0, Long.MAX_VALUE, null),
        "0",
        CUSTOMIZED,
        "Sets what the session's queries see at least: the token of another session");
    user(
        "quiver.idempotency_key",
        new Kind.Text(),
        "",
        CUSTOMIZED,
        "Names the transaction, or the next one, so that it commits once however often it is"
            + " repeated");
  }

  private static Kind choice(String... values) {
    return new Kind.Choice(List.of(values), List.of(values));
  }

  private void fixed(String name, String value, boolean report, String description) {
    Kind kind =
        value.equals("on") || value.equals("off")
            ? new Kind.Bool()
            : value.chars().allMatch(c -> c >= '0' && c <= '9')
                ? new Kind.Int(0, Integer.MAX_VALUE, null)
                : new Kind.Text();
    put(new Parameter(name, kind, Access.INTERNAL, value, report, PRESET, description));
  }

  private void user(String name, Kind kind, String value, String category, String description) {
    add(name, kind, Access.USER, value, category, description);
  }

  private void reported(String name, Kind kind, String value, String category, String description) {
    put(new Parameter(name, kind, Access.USER, value, true, category, description));
  }

  private void milliseconds(String name, String description) {
    user(name, new Kind.Int(0, Integer.MAX_VALUE, Unit.MILLISECONDS), "0", CLIENT, description);
  }

  private void real(String name, String value, String description) {
    user(name, new Kind.Real(0, Double.MAX_VALUE), value, COSTS, description);
  }

  private void add(
      String name, Kind kind, Access access, String value, String category, String description) {
    put(new Parameter(name, kind, access, value, false, category, description));
  }

  private void put(Parameter parameter) {
    byName.put(parameter.name().toLowerCase(Locale.ROOT), parameter);
  }

  /// By lower-case name.
  Collection<Parameter> all() {
    return byName.values();
  }

  /// @param name in any case
  Optional<Parameter> find(String name) {
    return Optional.ofNullable(byName.get(name.toLowerCase(Locale.ROOT)));
  }

  static @Nullable String reservedPrefix(String name) {
    for (String prefix : RESERVED_PREFIXES) {
      if (name.regionMatches(true, 0, prefix + ".", 0, prefix.length() + 1)) {
        return prefix;
      }
    }
    return null;
  }
}
