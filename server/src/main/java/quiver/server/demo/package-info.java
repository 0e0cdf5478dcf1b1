/// The demo: WordNet searched by meaning, through a real connection to the embedded server.
@NullMarked
package quiver.server.demo;

import org.jspecify.annotations.NullMarked;
