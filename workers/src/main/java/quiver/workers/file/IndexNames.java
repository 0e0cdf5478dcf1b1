package quiver.workers.file;

/// Names of index objects: `index/TABLE/SEGMENT/INDEX-ORDINAL/…`; the ordinal of the indexed column
/// is in the name, so that a file can be opened without the catalog.
public final class IndexNames {
  private IndexNames() {}

  /// The folder of the objects of one index of one segment.
  public static String folder(long tableId, long segmentId, long indexId, int ordinal) {
    return "index/" + tableId + "/" + segmentId + "/" + indexId + "-" + ordinal;
  }

  /// The ordinal of the indexed column.
  static int ordinalOf(String objectName) {
    String[] parts = objectName.split("/", -1);
    return Integer.parseInt(parts[3].substring(parts[3].indexOf('-') + 1));
  }
}
