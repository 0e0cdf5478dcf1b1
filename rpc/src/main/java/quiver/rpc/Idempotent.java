package quiver.rpc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A method of a service that may be called again with the same arguments after a call whose
/// outcome is unknown: a transport repeats it, at whoever has the job by then, before it fails with
/// [Unavailable].
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Idempotent {}
