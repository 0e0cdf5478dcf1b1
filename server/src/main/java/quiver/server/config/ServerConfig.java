package quiver.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import quiver.frontend.TlsConfig;
import quiver.frontend.auth.HostRules;

/// Everything a person may set. Defaults are those of [ConfigKey].
///
/// @param dataDirectory where the embedded log, metadata and objects live
/// @param listenAddress the address the SQL port binds to
/// @param port the SQL port; 0 picks a free one
/// @param tls how connections that ask for it are encrypted; empty: none is
/// @param hostRules who authenticates how
/// @param superuser the role a new data directory begins with
/// @param connectionsMax sessions at once
/// @param queryMemory what one statement may keep in memory before it spills or fails
/// @param segmentRowsMax rows at which a growing segment is sealed
/// @param segmentBytesMax bytes at which a growing segment is sealed
/// @param historyRetention how long deleted rows can be read by FOR SYSTEM_TIME AS OF
/// @param automaticAnalysis whether tables are analysed when they have changed much
/// @param logLevel least severe level that is logged
/// @param cluster how the process takes part in a cluster
public record ServerConfig(
    Path dataDirectory,
    String listenAddress,
    int port,
    Optional<TlsConfig> tls,
    HostRules hostRules,
    String superuser,
    int connectionsMax,
    ByteSize queryMemory,
    int segmentRowsMax,
    ByteSize segmentBytesMax,
    Duration historyRetention,
    boolean automaticAnalysis,
    String logLevel,
    ClusterConfig cluster) {}
