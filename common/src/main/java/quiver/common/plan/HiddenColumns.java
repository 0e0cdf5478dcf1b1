package quiver.common.plan;

import java.util.List;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// Columns that every stored table has and `*` leaves out, as far as they differ from row to row.
/// Scans find them under ordinals that no column of a table has.
public final class HiddenColumns {
  /// `xmin`: a number made of the commit that wrote the row version.
  public static final int XMIN = -1;

  /// `ctid`: the row address ([quiver.common.column.RowAddress]).
  public static final int CTID = -2;

  private static final long FIRST_NORMAL_XID = 3;

  private HiddenColumns() {}

  /// All of them, in the order in which scans have them.
  public static List<Integer> ordinals() {
    return List.of(CTID, XMIN);
  }

  public static String name(int ordinal) {
    return ordinal == XMIN ? "xmin" : "ctid";
  }

  public static SqlType type(int ordinal) {
    return SqlType.of(ordinal == XMIN ? BaseType.XID : BaseType.TID);
  }

  /// The `xmin` of a row version: 32 bits, mixed, so that two commits differ but for one chance in
  /// four thousand millions.
  public static long xmin(long commitTimestamp) {
    long mixed = commitTimestamp;
    mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    mixed ^= mixed >>> 33;
    return FIRST_NORMAL_XID + Long.remainderUnsigned(mixed, (1L << 32) - FIRST_NORMAL_XID);
  }
}
