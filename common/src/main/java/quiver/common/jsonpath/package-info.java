/// The `jsonpath` language: its tree and its text.
@NullMarked
package quiver.common.jsonpath;

import org.jspecify.annotations.NullMarked;
