package quiver.frontend.activity;

import org.jspecify.annotations.Nullable;

/// One row of `pg_stat_activity`. Times are microseconds since 2000-01-01 UTC.
///
/// @param clientAddress without port; null when it is not known
/// @param clientPort -1 when it is not known
/// @param transactionStartMicros null outside a transaction
/// @param queryStartMicros null before the first statement
/// @param state as PostgreSQL names it: `active`, `idle`, `idle in transaction`, `idle in
///   transaction (aborted)`
/// @param query the newest statement's text
public record SessionActivity(
    int pid,
    String user,
    String database,
    String applicationName,
    @Nullable String clientAddress,
    int clientPort,
    long backendStartMicros,
    @Nullable Long transactionStartMicros,
    @Nullable Long queryStartMicros,
    long stateChangeMicros,
    String state,
    String query) {}
