package quiver.rpc.grpc;

import java.nio.file.Path;

/// What a process shows other processes of its cluster, and whom it believes. All files are PEM.
///
/// @param certificate the process's certificate, followed by those that signed it
/// @param key its unencrypted PKCS #8 private key
/// @param authority who signs certificates of the cluster's processes; whoever shows one of theirs
///   belongs to the cluster
public record NodeCertificate(Path certificate, Path key, Path authority) {}
