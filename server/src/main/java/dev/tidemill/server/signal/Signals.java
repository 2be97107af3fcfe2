package dev.tidemill.server.signal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * What to do on a signal. The JDK's one way is {@code sun.misc.Signal} (module jdk.unsupported), called by reflection
 * because javac warns of the name, cannot be told not to, and warnings end this build.
 */
public final class Signals {
    private Signals() {}

    /**
     * Replaces what the JVM does on {@code name}, as {@code HUP} or {@code TERM}. The action runs on a thread of its own.
     *
     * @return false where there is no such signal (HUP on Windows), or the JVM was told to leave signals alone
     */
    public static boolean on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run = MethodHandles.publicLookup()
                    .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                    .bindTo(action);
            Object proxy =
                    MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.dropArguments(run, 0, signal));
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
