/// Where rows come from: the interfaces that query nodes and front ends implement for the engine.
@NullMarked
package quiver.execution.source;

import org.jspecify.annotations.NullMarked;
