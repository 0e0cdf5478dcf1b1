/// States of the aggregate functions: many groups side by side, mergeable where an aggregate runs
/// in two phases.
@NullMarked
package quiver.execution.aggregate;

import org.jspecify.annotations.NullMarked;
