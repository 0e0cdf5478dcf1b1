package quiver.rpc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A method of a service that only hints: a transport sends it and does not wait, and it may get
/// lost.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface FireAndForget {}
