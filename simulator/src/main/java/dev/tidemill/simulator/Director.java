package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.RequestHead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Decides how one request behaves: the rule that fits, what its model name and header add, and the chances and counts of each fault. */
final class Director {
    static final String HEADER = "x-sim-fault";
    private static final int REMEMBERED = 4_096;
    private static final int ATTEMPTS = 200_000;

    private final Scenario scenario;
    private final Map<Written, Behaviour> written = new ConcurrentHashMap<>();
    private final Map<Object, AtomicLong> counts = new ConcurrentHashMap<>();
    private final AtomicLong draws = new AtomicLong();
    private final Map<Attempt, Integer> attempts = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Attempt, Integer> eldest) {
            return size() > ATTEMPTS;
        }
    };

    /** A notation on top of a behaviour. */
    private record Written(Behaviour base, String notation) {}

    /** What tells requests apart for {@code fail-first}. */
    private record Attempt(Fault fault, long body, @Nullable String key) {}

    /** What was decided. */
    record Direction(Behaviour behaviour, List<RawStep> raw) {}

    Director(Scenario scenario) {
        this.scenario = scenario;
    }

    /**
     * How a request is answered, before chances of single faults.
     *
     * @throws BadNotation when its model name or header holds what cannot be read
     */
    Direction direct(RequestHead head, String model) {
        Behaviour behaviour = scenario.otherwise();
        List<RawStep> raw = List.of();
        for (Rule rule : scenario.rules()) {
            if (rule.fits(head, model) && comes(rule, rule.when())) {
                behaviour = rule.behaviour();
                raw = rule.raw();
                break;
            }
        }
        return new Direction(written(behaviour, head, model), raw);
    }

    /** How a request would behave whose rule is not counted yet, because its body has not come. */
    Behaviour behaviour(RequestHead head, String model) {
        Behaviour behaviour = scenario.otherwise();
        for (Rule rule : scenario.rules()) {
            if (rule.fits(head, model)) {
                behaviour = rule.behaviour();
                break;
            }
        }
        return written(behaviour, head, model);
    }

    private Behaviour written(Behaviour behaviour, RequestHead head, String model) {
        String inModel = Notation.inModel(model);
        Behaviour changed = inModel == null ? behaviour : with(behaviour, inModel);
        String inHeader = head.header(HEADER);
        return inHeader == null ? changed : with(changed, inHeader);
    }

    /** The faults that do happen to this request. */
    Faults draw(Behaviour behaviour, byte[] body, @Nullable String key) {
        if (behaviour.faults().isEmpty()) {
            return Faults.NONE;
        }
        List<Fault> drawn = new ArrayList<>(behaviour.faults().size());
        for (Fault fault : behaviour.faults()) {
            if (!comes(fault, fault.when())) {
                continue;
            }
            switch (fault.kind()) {
                case FLAKY -> {
                    if (chance(fault.chance("chance"))) {
                        drawn.add(status(fault.text("status")));
                    }
                }
                case FAIL_FIRST -> {
                    if (isEarlyAttempt(fault, body, key)) {
                        drawn.add(status(fault.text("status")));
                    }
                }
                default -> drawn.add(fault);
            }
        }
        return drawn.isEmpty() ? Faults.NONE : new Faults(List.copyOf(drawn));
    }

    private static Fault status(String code) {
        return Behaviour.of("status=" + code).faults().getFirst();
    }

    private Behaviour with(Behaviour base, String notation) {
        Written key = new Written(base, notation);
        Behaviour known = written.get(key);
        if (known != null) {
            return known;
        }
        Behaviour read = base.with(notation);
        if (written.size() < REMEMBERED) {
            written.put(key, read);
        }
        return read;
    }

    private boolean comes(Object what, Occasion when) {
        if (when.equals(Occasion.ALWAYS)) {
            return true;
        }
        if (!chance(when.chance())) {
            return false;
        }
        if (counts.size() > REMEMBERED) {
            return false;
        }
        long number = counts.computeIfAbsent(what, key -> new AtomicLong()).incrementAndGet();
        return number > when.skip() && number - when.skip() <= when.times();
    }

    /** Draws by seed and order of arrival alone, so that a run in one order can be repeated. */
    private boolean chance(double chance) {
        if (chance >= 1) {
            return true;
        }
        long mixed = (scenario.seed() + draws.incrementAndGet()) * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return ((mixed ^ mixed >>> 31) >>> 11) * 0x1.0p-53 < chance;
    }

    private boolean isEarlyAttempt(Fault fault, byte[] body, @Nullable String key) {
        boolean byKey = fault.text("by").equals("key");
        Attempt attempt = new Attempt(fault, byKey ? 0 : hash(body), byKey ? key : null);
        synchronized (attempts) {
            return attempts.merge(attempt, 1, Integer::sum) <= fault.number("attempts");
        }
    }

    private static long hash(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (crc.getValue() << 32) ^ (Arrays.hashCode(body) & 0xFFFFFFFFL);
    }
}
