package quiver.execution.operator;

import java.util.Optional;
import quiver.execution.expression.InputRows;

/// An operator that makes whole batches.
interface BatchOperator extends Operator {
  @Override
  default Optional<InputRows> nextRows() {
    return next().map(InputRows::of);
  }
}
