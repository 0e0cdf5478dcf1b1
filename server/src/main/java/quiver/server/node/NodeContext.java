package quiver.server.node;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import quiver.execution.expression.FunctionLibrary;
import quiver.rpc.grpc.RemoteDirectory;
import quiver.rpc.grpc.RpcServer;
import quiver.server.config.ServerConfig;

/// What the roles of one process share. Closed by the process, after the roles.
///
/// @param name of the process in the cluster
/// @param rpcAddress where others find it
/// @param seeds for cancel keys, transaction ids and generators
/// @param threads makes platform threads; the roles name them
/// @param spill directory of what does not fit into memory
/// @param version of the product
record NodeContext(
    ServerConfig config,
    String name,
    String rpcAddress,
    Stores stores,
    RpcServer server,
    RemoteDirectory directory,
    FunctionLibrary functions,
    InstantSource clock,
    SecureRandom seeds,
    ThreadFactory threads,
    Path spill,
    String version) {
  int processors() {
    return Runtime.getRuntime().availableProcessors();
  }
}
