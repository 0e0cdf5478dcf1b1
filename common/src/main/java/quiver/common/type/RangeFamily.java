package quiver.common.type;

import java.util.Optional;

/// A range type with the type of its bounds and its multirange type.
public enum RangeFamily {
  INT4(BaseType.INT4, BaseType.INT4RANGE, BaseType.INT4MULTIRANGE, true),
  NUMERIC(BaseType.NUMERIC, BaseType.NUMRANGE, BaseType.NUMMULTIRANGE, false),
  TIMESTAMP(BaseType.TIMESTAMP, BaseType.TSRANGE, BaseType.TSMULTIRANGE, false),
  TIMESTAMPTZ(BaseType.TIMESTAMPTZ, BaseType.TSTZRANGE, BaseType.TSTZMULTIRANGE, false),
  DATE(BaseType.DATE, BaseType.DATERANGE, BaseType.DATEMULTIRANGE, true),
  INT8(BaseType.INT8, BaseType.INT8RANGE, BaseType.INT8MULTIRANGE, true);

  private final BaseType subtype;
  private final BaseType range;
  private final BaseType multirange;
  private final boolean discrete;

  RangeFamily(BaseType subtype, BaseType range, BaseType multirange, boolean discrete) {
    this.subtype = subtype;
    this.range = range;
    this.multirange = multirange;
    this.discrete = discrete;
  }

  /// The type of the bounds.
  public BaseType subtype() {
    return subtype;
  }

  public BaseType range() {
    return range;
  }

  public BaseType multirange() {
    return multirange;
  }

  /// Whether values have a next one: ranges are then kept as `[lower,upper)`.
  public boolean discrete() {
    return discrete;
  }

  /// The family of a range type.
  public static Optional<RangeFamily> ofRange(BaseType type) {
    for (RangeFamily family : values()) {
      if (family.range == type) {
        return Optional.of(family);
      }
    }
    return Optional.empty();
  }

  /// The family of a multirange type.
  public static Optional<RangeFamily> ofMultirange(BaseType type) {
    for (RangeFamily family : values()) {
      if (family.multirange == type) {
        return Optional.of(family);
      }
    }
    return Optional.empty();
  }

  /// The family whose bounds are of this type.
  public static Optional<RangeFamily> ofSubtype(BaseType type) {
    for (RangeFamily family : values()) {
      if (family.subtype == type) {
        return Optional.of(family);
      }
    }
    return Optional.empty();
  }

  /// The family of a range or multirange type.
  public static RangeFamily of(BaseType type) {
    return ofRange(type)
        .or(() -> ofMultirange(type))
        .orElseThrow(() -> new IllegalArgumentException("not a range type: " + type));
  }
}
