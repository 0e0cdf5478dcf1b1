package quiver.workers.channel;

import quiver.workers.segment.TableView;

/// A table to be read.
///
/// @param view with a pin that the caller gives back
/// @param addresses those asked for and all others that the same row versions have here, sorted
@SuppressWarnings("ArrayRecordComponent")
public record TableReading(TableView view, long[] addresses) {}
