package quiver.frontend.catalog;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.OperatorClass;
import quiver.common.catalog.OperatorClasses;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.OperatorSignature;
import quiver.common.vector.DistanceMetric;

/// `pg_am`, `pg_opclass`, `pg_opfamily`, `pg_amop` and `pg_amproc`.
final class IndexMethodRows {
  private static final int PUBLIC_OID = 2_200;

  /// The btree family of float8, which orders distances.
  private static final int FLOAT_FAMILY_OID = 1_970;

  /// Rows for classes of extensions get OIDs of their own from here.
  private static final int EXTENSION_AMOP_OID = 18_000;

  private static final int EXTENSION_AMPROC_OID = 18_500;

  private IndexMethodRows() {}

  static void accessMethods(RowSet rows) {
    rows.add("oid", 2, "amname", "heap", "amhandler", 3, "amtype", "t");
    for (IndexMethod method : IndexMethod.values()) {
      rows.add(
          "oid", method.oid(),
          "amname", method.sqlName(),
          "amhandler", method.handlerOid(),
          "amtype", "i");
    }
  }

  static void operatorClasses(RowSet rows) {
    for (OperatorClass each : OperatorClasses.all()) {
      rows.add(
          "oid", each.oid(),
          "opcmethod", each.method().oid(),
          "opcname", each.name(),
          "opcnamespace", namespace(each),
          "opcowner", SystemState.SUPERUSER_OID,
          "opcfamily", each.familyOid(),
          "opcintype", each.type().oid(),
          "opcdefault", each.isDefault(),
          "opckeytype", each.storedTypeOid());
    }
  }

  private static int namespace(OperatorClass operatorClass) {
    return operatorClass.isExtension() ? PUBLIC_OID : SystemState.PG_CATALOG_OID;
  }

  static void operatorFamilies(RowSet rows) {
    Set<Integer> seen = new HashSet<>();
    for (OperatorClass each : OperatorClasses.all()) {
      if (seen.add(each.familyOid())) {
        rows.add(
            "oid", each.familyOid(),
            "opfmethod", each.method().oid(),
            "opfname", each.familyName(),
            "opfnamespace", namespace(each),
            "opfowner", SystemState.SUPERUSER_OID);
      }
    }
  }

  static void operators(RowSet rows, FunctionRegistry registry) {
    Set<Integer> known = new HashSet<>();
    registry.operators().forEach(operator -> known.add(operator.oid()));
    for (List<String> fields : ResourceTable.rows("amop.tsv")) {
      if (known.contains(Integer.parseInt(fields.get(6)))) {
        rows.add(
            "oid", Long.parseLong(fields.get(0)),
            "amopfamily", Long.parseLong(fields.get(1)),
            "amoplefttype", Long.parseLong(fields.get(2)),
            "amoprighttype", Long.parseLong(fields.get(3)),
            "amopstrategy", Long.parseLong(fields.get(4)),
            "amoppurpose", fields.get(5),
            "amopopr", Long.parseLong(fields.get(6)),
            "amopmethod", Long.parseLong(fields.get(7)),
            "amopsortfamily", Long.parseLong(fields.get(8)));
      }
    }
    long oid = EXTENSION_AMOP_OID;
    for (OperatorClass each : OperatorClasses.all()) {
      Optional<OperatorSignature> operator = ordering(each, registry);
      if (operator.isPresent()) {
        rows.add(
            "oid", oid++,
            "amopfamily", each.familyOid(),
            "amoplefttype", each.type().oid(),
            "amoprighttype", each.type().oid(),
            "amopstrategy", 1,
            "amoppurpose", "o",
            "amopopr", operator.get().oid(),
            "amopmethod", each.method().oid(),
            "amopsortfamily", FLOAT_FAMILY_OID);
      }
    }
  }

  static void functions(RowSet rows, FunctionRegistry registry) {
    for (List<String> fields : ResourceTable.rows("amproc.tsv")) {
      int function = Integer.parseInt(fields.get(5));
      if (registry.functionByOid(function).isPresent()) {
        rows.add(
            "oid", Long.parseLong(fields.get(0)),
            "amprocfamily", Long.parseLong(fields.get(1)),
            "amproclefttype", Long.parseLong(fields.get(2)),
            "amprocrighttype", Long.parseLong(fields.get(3)),
            "amprocnum", Long.parseLong(fields.get(4)),
            "amproc", function);
      }
    }
    long oid = EXTENSION_AMPROC_OID;
    for (OperatorClass each : OperatorClasses.all()) {
      Optional<OperatorSignature> operator = ordering(each, registry);
      if (operator.isPresent()) {
        rows.add(
            "oid", oid++,
            "amprocfamily", each.familyOid(),
            "amproclefttype", each.type().oid(),
            "amprocrighttype", each.type().oid(),
            "amprocnum", 1,
            "amproc", operator.get().function().oid());
      }
    }
  }

  /// The operator a vector class orders by.
  private static Optional<OperatorSignature> ordering(
      OperatorClass operatorClass, FunctionRegistry registry) {
    return operatorClass.method().isVector()
        ? DistanceMetric.ofOperatorClass(operatorClass.name())
            .flatMap(metric ->
                registry.operator(
                    metric.operator(), Optional.of(operatorClass.type()), operatorClass.type()))
        : Optional.empty();
  }
}
