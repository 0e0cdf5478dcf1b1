/// What roles tell each other through the meta store: the keys and the values behind them.
@NullMarked
package quiver.rpc.meta;

import org.jspecify.annotations.NullMarked;
