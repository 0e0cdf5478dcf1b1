package quiver.common.catalog;

import java.util.Arrays;
import java.util.Optional;

/// What CREATE EXTENSION finds already there.
public enum Extension {
  /// Its version is that of the pgvector whose SQL we speak.
  VECTOR("vector", 16_385, "0.8.0", "vector data type and hnsw access method"),
  HSTORE("hstore", 16_699, "1.8", "data type for storing sets of (key, value) pairs"),
  UUID_OSSP("uuid-ossp", 16_698, "1.1", "generate universally unique identifiers (UUIDs)");

  private final String extensionName;
  private final int oid;
  private final String version;
  private final String comment;

  Extension(String extensionName, int oid, String version, String comment) {
    this.extensionName = extensionName;
    this.oid = oid;
    this.version = version;
    this.comment = comment;
  }

  public String extensionName() {
    return extensionName;
  }

  public int oid() {
    return oid;
  }

  public String version() {
    return version;
  }

  public String comment() {
    return comment;
  }

  public static Optional<Extension> of(String name) {
    return Arrays.stream(values()).filter(each -> each.extensionName.equals(name)).findFirst();
  }
}
