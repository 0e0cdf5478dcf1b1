/// The PostgreSQL wire protocol, version 3, on Netty: event loops cut the byte stream into
/// messages, one virtual thread per connection answers them.
@NullMarked
package quiver.frontend.pgwire;

import org.jspecify.annotations.NullMarked;
