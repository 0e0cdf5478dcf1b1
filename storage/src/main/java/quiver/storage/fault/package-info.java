/// Decorators and a disk that fail on purpose, driven by a seeded generator.
@NullMarked
package quiver.storage.fault;

import org.jspecify.annotations.NullMarked;
