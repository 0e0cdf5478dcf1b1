package quiver.execution.runtime;

import java.util.List;

/// What a fragment did on one holder of its rows.
///
/// @param holder who ran it, for people to read
/// @param operators one entry per node of the fragment, in pre-order (a node before its inputs,
///   inputs in order)
public record FragmentStatistics(String holder, List<OperatorStatistics> operators) {
  public FragmentStatistics {
    operators = List.copyOf(operators);
  }
}
