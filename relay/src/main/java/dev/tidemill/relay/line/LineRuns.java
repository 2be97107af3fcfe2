package dev.tidemill.relay.line;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.relay.downstream.RequestIds;
import dev.tidemill.relay.exchange.Address;
import dev.tidemill.relay.exchange.Exchange;
import dev.tidemill.relay.exchange.ExchangeLoop;
import dev.tidemill.wire.http.Method;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Spreads lines over the loops. */
public final class LineRuns implements Lines {
    private final List<ExchangeLoop> loops;
    private final Predicate<String> headroom;
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean closed;

    public LineRuns(List<ExchangeLoop> loops, Predicate<String> headroom) {
        this.loops = loops;
        this.headroom = headroom;
    }

    @Override
    public void run(LineRequest line, Consumer<LineAnswer> whenDone) {
        Address address = Address.of(Method.POST, line.path(), "");
        if (address == null) {
            throw new IllegalArgumentException("path: " + line.path() + " (expected: a relayed endpoint)");
        }
        ExchangeLoop home = loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
        try {
            home.loop().execute(() -> start(line, whenDone, address, home));
        } catch (RejectedExecutionException loopIsGone) {
            whenDone.accept(refused());
        }
    }

    private void start(LineRequest line, Consumer<LineAnswer> whenDone, Address address, ExchangeLoop home) {
        if (closed) {
            whenDone.accept(refused());
            return;
        }
        LineDownstream downstream = new LineDownstream(line, whenDone);
        downstream.run(new Exchange(home, downstream, address, RequestIds.next(home.loop()), System.nanoTime()));
    }

    /** From now on no line starts; those that run are the loops' to end. */
    public void close() {
        closed = true;
    }

    private static LineAnswer refused() {
        Failure why = Failure.of(Kind.DRAINING, "draining", "this relay is shutting down; the line was not sent");
        return LineAnswer.failed(why, "", false);
    }

    @Override
    public boolean headroom(String model) {
        return headroom.test(model);
    }
}
