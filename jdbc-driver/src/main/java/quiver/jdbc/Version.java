package quiver.jdbc;

/// What the driver calls itself.
final class Version {
  static final String DRIVER_NAME = "Quiver JDBC Driver";
  static final int MAJOR = 0;
  static final int MINOR = 1;
  static final String TEXT = MAJOR + "." + MINOR;

  private Version() {}
}
