package quiver.benchmarks.vector;

import java.nio.file.Path;

/// How a run measures.
///
/// @param k rows asked for
/// @param rounds turns of every engine
/// @param warmUpQueries queries before the first measured one
/// @param rebuild whether our indexes are built a second time, by code that is compiled
/// @param work folder for decoded data and engine files
record RunOptions(
    int k,
    int rounds,
    int warmUpQueries,
    int core,
    int threads,
    int m,
    int efConstruction,
    int lists,
    double stopRecall,
    boolean rebuild,
    Path work) {}
