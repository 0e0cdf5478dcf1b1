/// Services of other processes over gRPC, and the services of this process for them.
@NullMarked
package quiver.rpc.grpc;

import org.jspecify.annotations.NullMarked;
