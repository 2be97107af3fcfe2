package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.key.Key;
import dev.tidemill.relay.meter.AccessLine;
import dev.tidemill.relay.meter.FailedTry;
import dev.tidemill.relay.meter.Meters;
import dev.tidemill.relay.meter.Spent;
import dev.tidemill.relay.meter.Spent.Known;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.Asked;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last phase, whatever happened: counts, logs, and lets the caller's connection go on. The last bytes leave behind it, so
 * whoever has a whole answer finds it counted.
 */
final class Record implements Phase {
    private static final Failure LEFT = Failure.of(
            Failure.Kind.CLIENT_GONE,
            "client_gone",
            "the client closed the connection; the answer was read to its end");

    @Override
    public Step run(Exchange exchange) {
        try {
            account(exchange);
        } finally {
            exchange.downstream().done(); // also after a bug of ours: the caller waits for this alone
            exchange.claims().told();
        }
        return Step.NEXT;
    }

    private static void account(Exchange exchange) {
        ExchangeLoop home = exchange.home();
        Meters meters = home.meters();
        Attempt attempt = exchange.attemptOrNull();
        Failure failure = exchange.failure() == null && exchange.gone() ? LEFT : exchange.failure();
        long now = exchange.entered(); // which was just now: this phase is entered by the clock
        long total = now - exchange.begun();
        int status = exchange.isBroken()
                ? exchange.broken().status()
                : failure != null && (attempt == null || !attempt.committed())
                        ? failure.status()
                        : attempt == null ? 0 : attempt.status();
        home.loop().deadlines().remove(exchange.watch());
        home.ended(exchange);
        if (attempt != null && exchange.failure() == null) {
            attempt.succeeded(now);
        }
        Usage usage = attempt == null ? null : attempt.usage();
        Tries tries = exchange.tries();
        Usage plain = failure == null && tries == null ? usage : null; // the usual case: one attempt, and it said
        boolean amongTries = attempt != null && tries != null && tries.holds(attempt);
        Spent spent = plain != null || attempt == null || amongTries ? null : attempt.spent();
        long before = tries == null ? 0 : tries.tokens();
        long tokens = before + (plain != null ? plain.total() : spent != null ? spent.tokens() : 0);
        exchange.claims().end(tokens);

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
        long firstContent = exchange.firstContentNanos();
        if (plain != null) {
            meters.usage(plain);
        } else if (usage == null
                && failure == null
                && status < 300
                && exchange.endpoint().spends()) {
            meters.usageUnknown();
        }
        if (tries != null) {
            tries.count(meters);
        }
        if (spent != null) {
            meters.spent(spent);
        }
        if (firstContent > 0) {
            meters.firstContent(firstContent);
        }
        if (exchange.droppedEvents() > 0) {
            meters.droppedEvents(exchange.droppedEvents());
        }
        if (home.accessLog().on()) {
            log(exchange, attempt, failure, status, total, plain, spent, firstContent);
        }
        meters.phase(phases.length - 1, System.nanoTime() - now); // its own time, which nobody after it could count
    }

    private static void log(
            Exchange exchange,
            @Nullable Attempt attempt,
            @Nullable Failure failure,
            int status,
            long total,
            @Nullable Usage plain,
            @Nullable Spent spent,
            long firstContent) {
        ExchangeLoop home = exchange.home();
        Downstream downstream = exchange.downstream();
        Key key = exchange.keyOrNull();
        Asked asked = exchange.askedOrNull();
        List<FailedTry> tries = tries(exchange, attempt, failure, spent);
        boolean amongThem = spent != null && !tries.isEmpty() && tries.getLast().spent() == spent;
        Usage usage = spent == null ? plain : amongThem ? null : spent.usage();
        Known known = spent == null ? Known.STATED : spent.known();
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
                tries,
                attempt == null ? null : attempt.upstreamRequestId(),
                usage,
                known,
                asked == null ? 0 : downstream.bodyTo() - downstream.bodyFrom(),
                exchange.bytesOut(),
                exchange.droppedEvents(),
                firstContent,
                total,
                exchange.claims().position(),
                exchange.phaseNanos()));
    }

    /** The attempts that failed; the last, when nothing was to follow it anyway, is not among the tries. */
    private static List<FailedTry> tries(
            Exchange exchange, @Nullable Attempt attempt, @Nullable Failure failure, @Nullable Spent spent) {
        List<FailedTry> failed = new ArrayList<>();
        Tries before = exchange.tries();
        if (before != null) {
            before.failed().forEach(tried -> failed.add(tried.forLog()));
        }
        if (attempt != null
                && (before == null || !before.holds(attempt))
                && failure != null
                && failure.kind().upstream()) {
            failed.add(FailedTry.of(attempt.name(), failure, attempt.sent(), attempt.age(), spent));
        }
        return failed;
    }
}
