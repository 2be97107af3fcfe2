package dev.tidemill.relay.loop;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How long a loop's turns are: from when its sockets are known to have something to do until all of it is done. What comes
 * meanwhile waits for the next. Loop only.
 */
public final class Turns implements IoHandlerContext {
    private @Nullable IoHandlerContext context;
    private long since = System.nanoTime();
    private long busy;
    private double squares;

    private Turns() {}

    @Override
    public void reportActiveIoTime(long nanos) {
        busy += nanos;
        squares += (double) nanos * nanos;
        IoHandlerContext own = context();
        if (own.shouldReportActiveIoTime()) {
            own.reportActiveIoTime(nanos);
        }
    }

    /** What the turns were since the last report. */
    public interface Report {
        /**
         * @param nanos since the last report, at least 1
         * @param busyNanos in turns
         * @param waitNanos the mean, over all moments of that time, of what a turn that ran then still had to go
         */
        void turned(long nanos, long busyNanos, double waitNanos);
    }

    /** Begins anew. */
    void report(long now, Report to) {
        long nanos = Math.max(1, now - since);
        long done = busy;
        double wait = squares / (2.0 * nanos);
        since = now;
        busy = 0;
        squares = 0;
        to.turned(nanos, done, wait);
    }

    // Between the loop and its sockets

    @Override
    public boolean shouldReportActiveIoTime() {
        return true;
    }

    @Override
    public boolean canBlock() {
        return context().canBlock();
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
        return context().delayNanos(currentTimeNanos);
    }

    @Override
    public long deadlineNanos() {
        return context().deadlineNanos();
    }

    private IoHandlerContext context() {
        IoHandlerContext own = context;
        if (own == null) {
            throw new IllegalStateException("asked outside of a turn");
        }
        return own;
    }

    private record Measured(IoHandler handler, Turns turns) implements IoHandler {
        @Override
        public int run(IoHandlerContext context) {
            turns.context = context;
            return handler.run(turns);
        }

        @Override
        public void initialize() {
            handler.initialize();
        }

        @Override
        public void prepareToDestroy() {
            handler.prepareToDestroy();
        }

        @Override
        public void destroy() {
            handler.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return handler.register(handle);
        }

        @Override
        public void wakeup() {
            handler.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return handler.isCompatible(type);
        }
    }

    /** Makes loops whose turns are measured. */
    public static final class Factory implements IoHandlerFactory {
        private final IoHandlerFactory factory;
        private final Map<ThreadAwareExecutor, Turns> all = new ConcurrentHashMap<>();

        public Factory(IoHandlerFactory factory) {
            this.factory = factory;
        }

        @Override
        public IoHandler newHandler(ThreadAwareExecutor executor) {
            Turns turns = new Turns();
            all.put(executor, turns);
            return new Measured(factory.newHandler(executor), turns);
        }

        @Override
        public boolean isChangingThreadSupported() {
            return factory.isChangingThreadSupported();
        }

        /** Of a loop that was made with this factory. */
        Turns of(Object eventLoop) {
            Turns turns = all.get(eventLoop);
            if (turns == null) {
                throw new IllegalArgumentException("a loop whose turns are not measured: " + eventLoop);
            }
            return turns;
        }
    }
}
