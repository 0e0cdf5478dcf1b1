package quiver.frontend.catalog;

import java.util.List;
import java.util.Map;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.source.BatchStream;
import quiver.execution.source.SystemRelations;
import quiver.frontend.catalog.RelationColumns.SystemRelation;

/// The virtual relations as one statement sees them. Relations for things we do not have (triggers,
/// foreign servers, …) have their columns and no rows. Used by one thread.
public final class VirtualRelations implements SystemRelations {
  private final RelationColumns relations = RelationColumns.standard();
  private final SystemState state;

  public VirtualRelations(SystemState state) {
    this.state = state;
  }

  @Override
  public BatchStream open(
      String schema, String relation, List<Integer> ordinals, Map<Integer, Object> wanted) {
    SystemRelation definition =
        relations
            .find(schema, relation)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_TABLE,
                    "relation \"%s.%s\" does not exist",
                    schema,
                    relation));
    RowSet rows = new RowSet(definition, wanted);
    if (schema.equals("information_schema")) {
      fillInformationSchema(definition, rows);
    } else {
      fillCatalog(relation, rows);
    }
    return BatchStream.of(rows.batches(ordinals));
  }

  private void fillCatalog(String relation, RowSet rows) {
    switch (relation) {
      case "pg_namespace" -> tables().namespaces(rows);
      case "pg_class" -> tables().classes(rows);
      case "pg_attribute" -> tables().attributes(rows);
      case "pg_attrdef" -> tables().defaults(rows);
      case "pg_index" -> indexes().indexes(rows);
      case "pg_constraint" -> new ConstraintRows(state, rows).addAll();
      case "pg_sequence" -> tables().sequences(rows);
      case "pg_depend" -> {
        new DependencyRows(state, rows).addAll();
        new ExtensionRows(rows).members(state.functions());
      }
      case "pg_shdescription" -> new CommentRows(state).sharedDescriptions(rows);
      case "pg_description" -> new CommentRows(state).descriptions(rows);
      case "pg_rewrite" -> views().rules(rows);
      case "pg_matviews" -> views().materializedViews(rows);
      case "pg_tables" -> tables().tablesView(rows);
      case "pg_views" -> {
        tables().viewsView(rows);
        views().views(rows);
      }
      case "pg_indexes" -> indexes().view(rows);
      case "pg_sequences" -> tables().sequencesView(rows);
      case "pg_stat_all_tables", "pg_stat_user_tables" -> new StatisticsRows(state).tables(rows);
      case "pg_stats" -> new StatisticsRows(state).view(rows);
      case "pg_statistic" -> new StatisticsRows(state).statistics(rows);
      case "pg_stat_progress_create_index" -> indexes().progress(rows);
      case "quiver_channels" -> ClusterRows.channels(rows, state.cluster());
      case "quiver_cluster_nodes" -> ClusterRows.nodes(rows, state.cluster());
      case "quiver_indexes" -> ClusterRows.indexes(rows, state.cluster(), state.catalog());
      case "quiver_segments" -> ClusterRows.segments(rows, state.cluster(), state.catalog());
      case "pg_type" -> types().types(rows);
      case "pg_enum" -> new UserTypeRows(state).labels(rows);
      case "pg_range" -> TypeRows.ranges(rows);
      case "pg_proc" -> types().functions(rows);
      case "pg_operator" -> types().operators(rows);
      case "pg_cast" -> types().casts(rows);
      case "pg_aggregate" -> types().aggregates(rows);
      case "pg_am" -> IndexMethodRows.accessMethods(rows);
      case "pg_opclass" -> IndexMethodRows.operatorClasses(rows);
      case "pg_opfamily" -> IndexMethodRows.operatorFamilies(rows);
      case "pg_amop" -> IndexMethodRows.operators(rows, state.functions());
      case "pg_amproc" -> IndexMethodRows.functions(rows, state.functions());
      case "pg_ts_config" -> SearchRows.configurations(rows);
      case "pg_ts_config_map" -> SearchRows.mappings(rows);
      case "pg_ts_dict" -> SearchRows.dictionaries(rows);
      case "pg_ts_parser" -> SearchRows.parsers(rows);
      case "pg_ts_template" -> SearchRows.templates(rows);
      case "pg_database" -> server().databases(rows);
      case "pg_roles" -> roles().roles(rows);
      case "pg_authid" -> roles().authorizations(rows);
      case "pg_user" -> roles().users(rows, false);
      case "pg_shadow" -> roles().users(rows, true);
      case "pg_group" -> roles().groups(rows);
      case "pg_auth_members" -> roles().memberships(rows);
      case "pg_db_role_setting" -> roles().settings(rows);
      case "pg_default_acl" -> roles().defaults(rows);
      case "pg_policy" -> roles().policies(rows);
      case "pg_policies" -> roles().policiesView(rows);
      case "pg_extension" -> server().extensions(rows);
      case "pg_available_extensions" -> server().availableExtensions(rows);
      case "pg_tablespace" -> ServerRows.tablespaces(rows);
      case "pg_language" -> ServerRows.languages(rows);
      case "pg_collation" -> ServerRows.collations(rows);
      case "pg_settings" -> server().settings(rows);
      case "pg_stat_activity" -> server().activity(rows);
      case "pg_prepared_statements" -> server().preparedStatements(rows);
      case "pg_cursors" -> server().cursors(rows);
      case "pg_available_extension_versions" -> server().extensionVersions(rows);
      case "pg_stat_database" -> server().databaseStatistics(rows);
      case "pg_timezone_names" -> ZoneRows.names(rows, server().nowMicros());
      case "pg_timezone_abbrevs" -> ZoneRows.abbreviations(rows, server().nowMicros());
      default -> {
        // Nothing of this kind exists here.
      }
    }
  }

  private void fillInformationSchema(SystemRelation definition, RowSet rows) {
    String relation = definition.name();
    InformationSchemaRows views = new InformationSchemaRows(state);
    switch (relation) {
      case "schemata" -> views.schemata(rows);
      case "tables" -> views.tables(rows, relations);
      case "columns" -> views.columns(rows, relations);
      case "views" -> views.views(rows);
      case "view_table_usage" -> views.viewTableUsage(rows);
      case "view_column_usage" -> views.viewColumnUsage(rows);
      case "table_constraints" -> views.tableConstraints(rows);
      case "key_column_usage" -> views.keyColumnUsage(rows);
      case "constraint_column_usage" -> views.constraintColumnUsage(rows);
      case "referential_constraints" -> views.referentialConstraints(rows);
      case "check_constraints" -> {
        views.checkConstraints(rows);
        new UserTypeRows(state).checkConstraints(rows);
      }
      case "domains" -> new UserTypeRows(state).domains(rows);
      case "domain_constraints" -> new UserTypeRows(state).domainConstraints(rows);
      case "column_domain_usage" -> new UserTypeRows(state).columnDomains(rows);
      case "domain_udt_usage" -> new UserTypeRows(state).domainTypes(rows);
      case "sequences" -> views.sequences(rows);
      case "character_sets" -> views.characterSets(rows);
      case "information_schema_catalog_name" -> views.catalogName(rows);
      case "enabled_roles" -> views.enabledRoles(rows);
      case "element_types" -> views.elementTypes(rows, relations);
      case "column_udt_usage" -> views.columnTypeUsage(rows);
      case "constraint_table_usage" -> views.constraintTableUsage(rows);
      case "routines" -> new RoutineRows(state).routines(rows);
      case "parameters" -> new RoutineRows(state).parameters(rows);
      case "collations" -> new RoutineRows(state).collations(rows);
      case "collation_character_set_applicability" ->
          new RoutineRows(state).collationCharacterSets(rows);
      case "table_privileges" -> privileges().tables(rows, true);
      case "role_table_grants" -> privileges().tables(rows, false);
      case "column_privileges" -> privileges().columns(rows, true);
      case "role_column_grants" -> privileges().columns(rows, false);
      case "routine_privileges" -> privileges().routines(rows, true);
      case "role_routine_grants" -> privileges().routines(rows, false);
      default -> {
        // Of other kinds nothing exists here, but for what the standard names.
        if (FixedRows.RELATIONS.contains(relation)) {
          FixedRows.fill(definition, rows);
        }
      }
    }
  }

  private PrivilegeRows privileges() {
    return new PrivilegeRows(state, relations);
  }

  private RoleRows roles() {
    return new RoleRows(state);
  }

  private TableRows tables() {
    return new TableRows(state, relations);
  }

  private ViewRows views() {
    return new ViewRows(state);
  }

  private IndexRows indexes() {
    return new IndexRows(state);
  }

  private TypeRows types() {
    return new TypeRows(state);
  }

  private ServerRows server() {
    return new ServerRows(state);
  }
}
