package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.key.Key;
import dev.tidemill.relay.meter.AccessLine;
import dev.tidemill.relay.meter.FailedTry;
import dev.tidemill.relay.meter.Meters;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.Asked;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last phase, whatever happened: counts, logs, and lets the caller's connection go on. */
final class Record implements Phase {
    private static final Failure LEFT = Failure.of(
            Failure.Kind.CLIENT_GONE,
            "client_gone",
            "the client closed the connection; the answer was read to its end");

    @Override
    public Step run(Exchange exchange) {
        ExchangeLoop home = exchange.home();
        Meters meters = home.meters();
        Attempt attempt = exchange.attemptOrNull();
        Failure failure = exchange.failure() == null && exchange.gone() ? LEFT : exchange.failure();
        long now = System.nanoTime();
        long total = now - exchange.begun();
        int status = exchange.isBroken()
                ? exchange.broken().status()
                : failure != null && (attempt == null || !attempt.committed())
                        ? failure.status()
                        : attempt == null ? 0 : attempt.status();
        home.loop().deadlines().remove(exchange);
        home.ended(exchange);
        if (attempt != null && exchange.failure() == null) {
            attempt.succeeded();
        }
        exchange.claims().end();

        meters.ended(status, total);
        if (failure != null) {
            meters.failed(failure.kind());
        }
        long[] phases = exchange.phaseNanos();
        for (int i = 0; i < phases.length; i++) {
            if (phases[i] > 0) {
                meters.phase(i, phases[i]);
            }
        }
        Usage usage = attempt == null ? null : attempt.usage();
        long firstContent = exchange.firstContentNanos();
        if (usage != null) {
            meters.usage(usage);
        } else if (failure == null && status < 300 && !exchange.endpoint().byId()) {
            meters.usageUnknown();
        }
        if (firstContent > 0) {
            meters.firstContent(firstContent);
        }
        if (exchange.droppedEvents() > 0) {
            meters.droppedEvents(exchange.droppedEvents());
        }
        if (home.accessLog().on()) {
            log(exchange, attempt, failure, status, total, usage, firstContent);
        }
        meters.phase(phases.length - 1, System.nanoTime() - now); // its own time, which nobody after it could count
        exchange.downstream().done();
        return Step.NEXT;
    }

    private static void log(
            Exchange exchange,
            @Nullable Attempt attempt,
            @Nullable Failure failure,
            int status,
            long total,
            @Nullable Usage usage,
            long firstContent) {
        ExchangeLoop home = exchange.home();
        Downstream downstream = exchange.downstream();
        Key key = exchange.keyOrNull();
        Asked asked = exchange.askedOrNull();
        home.log(new AccessLine(
                home.clock().millis(),
                exchange.requestId(),
                downstream.peer(),
                key == null ? null : key.id(),
                key == null ? null : key.project(),
                exchange.endpoint().method().name(),
                exchange.endpoint().path(),
                !downstream.live(),
                asked == null ? null : asked.model(),
                exchange.targetName(),
                exchange.claims().priorityOrNull(),
                exchange.claims().lowered(),
                asked != null && exchange.streams(),
                status,
                failure == null ? null : failure.code(),
                failure == null ? null : failure.detail(),
                exchange.attempts(),
                tries(exchange, attempt, failure),
                attempt == null ? null : attempt.upstreamRequestId(),
                usage,
                asked == null ? 0 : downstream.bodyTo() - downstream.bodyFrom(),
                exchange.bytesOut(),
                exchange.droppedEvents(),
                firstContent,
                total,
                exchange.phaseNanos().clone()));
    }

    /** The attempts that failed; one that failed after its first content, and could not be mended, is not among the tries. */
    private static List<FailedTry> tries(Exchange exchange, @Nullable Attempt attempt, @Nullable Failure failure) {
        List<FailedTry> failed = new ArrayList<>();
        Tries before = exchange.tries();
        if (before != null) {
            before.failed().forEach(tried -> failed.add(tried.forLog()));
        }
        if (attempt != null
                && attempt.committed()
                && (before == null || !before.holds(attempt))
                && failure != null
                && failure.kind().upstream()) {
            failed.add(new Tries.Tried(attempt, failure).forLog());
        }
        return failed;
    }
}
