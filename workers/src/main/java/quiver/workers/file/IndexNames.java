package quiver.workers.file;

/// Names of index objects: `index/TABLE/SEGMENT/INDEX-NUMBER/…`; the indexed column is in the name
/// (its id less one), so that a file can be opened without the catalog.
public final class IndexNames {
  private IndexNames() {}

  /// The folder of the objects of one index of one segment.
  public static String folder(long tableId, long segmentId, long indexId, int columnId) {
    return "index/" + tableId + "/" + segmentId + "/" + indexId + "-" + (columnId - 1);
  }

  /// In the place of a column's id: the file holds its own keys.
  public static final int OWN_KEYS = 0;

  /// The table that a segment or index file is of.
  public static long tableId(String objectName) {
    return Long.parseLong(objectName.split("/", -1)[1]);
  }

  /// The id of the indexed column.
  static int columnIdOf(String objectName) {
    String[] parts = objectName.split("/", -1);
    return Integer.parseInt(parts[3].substring(parts[3].indexOf('-') + 1)) + 1;
  }
}
