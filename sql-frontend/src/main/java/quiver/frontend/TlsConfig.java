package quiver.frontend;

import java.nio.file.Path;

/// How connections are encrypted.
///
/// @param certificate PEM file with the server's certificate, followed by those that signed it
/// @param key PEM file with its unencrypted PKCS #8 private key
/// @param isRequired whether unencrypted connections are refused
public record TlsConfig(Path certificate, Path key, boolean isRequired) {}
