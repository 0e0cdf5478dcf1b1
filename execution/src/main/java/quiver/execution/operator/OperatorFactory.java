package quiver.execution.operator;

import quiver.execution.runtime.ExecutionContext;

/// A compiled plan node. Immutable, safe for every thread; opening it costs microseconds.
@FunctionalInterface
interface OperatorFactory {
  Operator open(ExecutionContext context);
}
