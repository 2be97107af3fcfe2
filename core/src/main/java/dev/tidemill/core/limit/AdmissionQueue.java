package dev.tidemill.core.limit;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The line of those for whom there is no room at the moment: one for each thing waited for (a key's own
 * limits, a model's, its targets). Bounded; a place is kept for at most the longest wait its owner accepts, and no longer
 * than there is hope: whoever is next, and would have to wait for a window of time that is later, is told at once.
 *
 * <p><b>Whose turn it is.</b> Three levels; inside a level, keys take turns, and a key's own requests come in order.
 * "High never waits behind low" and "low never starves" contradict each other only when high alone is more than there is
 * room for, without end. So:
 *
 * <ol>
 *   <li>A high one goes first. How long a low or normal one has stood gives it no place before a high one.
 *   <li>A low one whose level has stood longer than {@link Terms#agedNanos} competes with normal, turn by turn; before
 *       that it comes after normal.
 *   <li>So that neither starves under endless high: of {@link Terms#turns} successive grants, the last is not high's if
 *       somebody lower has aged and has stood longer than the high one whose turn it is; what it needs is then kept for it
 *       until there is enough. A high request therefore never waits for a lower one that came after it, nor for more than
 *       one in so many that came before, and never at all while high is less than what there is room for.
 * </ol>
 *
 * <p>Nobody overtakes within the line's own limit: when it stops the one whose turn it is, nobody of that level or below
 * passes, though he may need less. Whoever is stopped by limits of his own key ({@link Gate#own}) is passed over with all
 * that key's tickets.
 *
 * <p><b>Who wakes whom.</b> Whoever gives room back calls {@link #advance} after it; when time alone gives room back, the
 * tick does, at {@link #nextWakeNanos}. A ticket is counted before its gate is asked again, and room is given back before
 * the count is looked at, so one of the two sees the other, and no wake-up is lost; a second's tick stands behind that.
 * Owners are told outside the lock, on their own executor.
 *
 * <p>The path of those who need not wait, {@link #tryPass} and an {@code advance} with nobody waiting, is a volatile read
 * each. The rest takes a lock for a few dozen instructions a ticket.
 */
public final class AdmissionQueue {
    /** No wake-up is due. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final long BACKSTOP = 1_000_000_000L;
    private static final int TRIES = 1_024;

    /**
     * @param capacity tickets at once, at least 1
     * @param agedNanos after which a low one competes with normal, and a lower one claims its turn against high
     * @param turns of so many successive grants one is for the aged, at least 2
     */
    public record Terms(int capacity, long agedNanos, int turns) {
        public static final Terms DEFAULT = new Terms(4_096, 5_000_000_000L, 8);

        public Terms {
            if (capacity < 1) {
                throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 1)");
            }
            if (turns < 2) {
                throw new IllegalArgumentException("turns: " + turns + " (expected: >= 2)");
            }
        }
    }

    /**
     * What has happened since the start, and what stands now.
     *
     * @param refused at once, or for somebody more important
     * @param left by their owners
     * @param waitedNanos of the granted, summed
     * @param oldestNanos how long the oldest has stood
     */
    public record Counts(
            int high,
            int normal,
            int low,
            long granted,
            long refused,
            long expired,
            long left,
            long waitedNanos,
            long oldestNanos) {}

    private final Terms terms;
    private final ReentrantLock lock = new ReentrantLock();
    private final Level[] levels = {new Level(Priority.HIGH), new Level(Priority.NORMAL), new Level(Priority.LOW)};
    private final Map<String, Line.Holder> holders = new HashMap<>();
    private final DueHeap due = new DueHeap();
    private final Pace pace = new Pace();
    private volatile int size;
    private volatile long wakeAt = NEVER;

    private long round;
    private int highRun;
    private boolean normalWasLast;
    private @Nullable Ticket toTell;
    private @Nullable Ticket lastToTell;
    private long granted;
    private long refused;
    private long expired;
    private long left;
    private long waited;

    public AdmissionQueue(Terms terms) {
        this.terms = terms;
    }

    /** Passes the gate if nobody waits and it is open; false: {@link #enqueue}, which asks again. */
    public boolean tryPass(Gate gate, long now) {
        return size == 0 && gate.tryEnter(now) == 0;
    }

    /**
     * Takes a place in the line, unless there is no hope: the line is full, or the wait would be longer than accepted. The
     * wait is what the gate knows (a window of time) or, for whoever has somebody before him, what the pace of the last
     * grants says; so somebody always waits while there is no time to tell, and the pace stays true.
     *
     * @param maxWait nanoseconds
     * @param deadline of the exchange; {@link #NEVER}: none
     * @param wake run on {@code executor} when the ticket is not WAITING any more, unless it is not on return
     */
    public Ticket enqueue(
            String key,
            Priority priority,
            Gate gate,
            long maxWait,
            long deadline,
            Executor executor,
            Runnable wake,
            long now) {
        long last = now + maxWait;
        Ticket ticket = new Ticket(
                priority, gate, executor, wake, now, deadline == NEVER || last - deadline < 0 ? last : deadline);
        Ticket tell;
        lock.lock();
        try {
            advanceLocked(now); // so that it is known who is stopped by limits of his own, and so before nobody
            Line.Holder holder = holders.get(key);
            int own = holder == null ? 0 : holder.waiting(priority);
            long before = before(priority, own, holder != null && holder.stoppedIn == round);
            long known = known(gate, gate.waitFor(now), before, own, now);
            long wait = Math.max(known, before == 0 ? 0 : pace.nanos(before + 1, now));
            if (wait > ticket.due - now || (size >= terms.capacity() && !makeRoom(priority, own, now))) {
                refused++;
                end(ticket, Ticket.State.REFUSED, Math.max(wait, 1), now);
            } else {
                ticket.position = (int) Math.min(before, Integer.MAX_VALUE);
                add(key, ticket, now);
                advanceLocked(now);
            }
            tell = takeToTell();
        } finally {
            lock.unlock();
        }
        tell(tell, ticket, now);
        return ticket;
    }

    /** Gives the place up at once. A ticket that was granted is not given up by this: its gate is to be left. */
    public void leave(Ticket ticket, long now) {
        if (ticket.state != Ticket.State.WAITING) {
            return;
        }
        Ticket tell;
        lock.lock();
        try {
            if (ticket.state == Ticket.State.WAITING) {
                remove(ticket);
                left++;
                end(ticket, Ticket.State.LEFT, 0, now);
                advanceLocked(now); // it may have been the one that stopped the others
            }
            tell = takeToTell();
        } finally {
            lock.unlock();
        }
        tell(tell, null, now);
    }

    /** Room was given back, or time has passed: whoever can go, goes; whoever has waited too long is told. */
    public void advance(long now) {
        advance(now, Priority.LOW);
    }

    /** The same for nobody below a level: where several lines wait for the same, those of a level go before all that are lower. */
    public void advance(long now, Priority lowest) {
        if (size == 0) {
            return;
        }
        Ticket tell;
        lock.lock();
        try {
            advanceLocked(now, lowest.ordinal());
            tell = takeToTell();
        } finally {
            lock.unlock();
        }
        tell(tell, null, now);
    }

    /** When the tick is to call {@link #advance}; {@link #NEVER}: not. */
    public long nextWakeNanos() {
        return wakeAt;
    }

    public int size() {
        return size;
    }

    /** Whether somebody lower than high has stood long enough to claim his turn against high. */
    public boolean aged(long now) {
        if (size == 0) {
            return false;
        }
        lock.lock();
        try {
            return aged(levels[1], now) || aged(levels[2], now);
        } finally {
            lock.unlock();
        }
    }

    public Counts counts(long now) {
        lock.lock();
        try {
            long oldest = 0;
            for (Level level : levels) {
                Ticket first = level.oldest();
                oldest = first == null ? oldest : Math.max(oldest, now - first.since);
            }
            return new Counts(
                    levels[0].size, levels[1].size, levels[2].size, granted, refused, expired, left, waited, oldest);
        } finally {
            lock.unlock();
        }
    }

    // Under the lock

    private void advanceLocked(long now) {
        advanceLocked(now, Priority.COUNT - 1);
    }

    private void advanceLocked(long now, int downTo) {
        expire(now);
        round++;
        long retry = NEVER;
        int lowest = downTo;
        for (int tries = 0; size > 0; tries++) {
            if (tries == TRIES) {
                retry = now; // the rest at the next tick: the lock is not held for a whole line
                break;
            }
            Level level = next(lowest, now);
            Ticket ticket = level == null ? null : level.head(round);
            if (level == null || ticket == null) {
                break;
            }
            long wait = ticket.gate.tryEnter(now);
            if (wait == 0) {
                grant(level, ticket, now);
                continue;
            }
            if (wait != Gate.FULL && tooLong(ticket, now)) {
                continue;
            }
            retry = sooner(retry, now + Math.min(wait, BACKSTOP), now);
            if (ticket.gate.own()) {
                stopped(Objects.requireNonNull(ticket.line).holder);
            } else if (level != levels[0] && highMayGo()) {
                break; // its turn against high: until there is room for all it needs, it is nobody's else
            } else {
                lowest = level.priority.ordinal() - 1;
            }
        }
        Ticket first = due.first();
        wakeAt = first == null ? NEVER : sooner(retry, first.due, now);
    }

    private boolean highMayGo() {
        return levels[0].head(round) != null;
    }

    /** What one waits for may turn from others' end into a window of time, and that be later than he can wait: he is told now. */
    private boolean tooLong(Ticket ticket, long now) {
        long known = ticket.gate.waitFor(now);
        if (known == Gate.FULL || known <= ticket.due - now) {
            return false;
        }
        remove(ticket);
        refused++;
        end(ticket, Ticket.State.REFUSED, known, now);
        queueToTell(ticket);
        return true;
    }

    private void stopped(Line.Holder holder) {
        holder.stoppedIn = round;
        for (Level level : levels) {
            Line line = holder.lines[level.priority.ordinal()];
            if (line != null) {
                level.stopped(line, round);
            }
        }
    }

    private static long sooner(long a, long b, long now) {
        return a == NEVER || b - now < a - now ? b : a;
    }

    /** The level whose turn it is, down to {@code lowest}, of those with a key that may go in this round. */
    private @Nullable Level next(int lowest, long now) {
        Ticket high = lowest < 0 ? null : levels[0].head(round);
        Level lower = lower(lowest, now);
        if (high == null) {
            return lower;
        }
        return lower != null && highRun >= terms.turns() - 1 && agedBefore(high, lowest, now) ? lower : levels[0];
    }

    private @Nullable Level lower(int lowest, long now) {
        boolean normal = lowest >= 1 && levels[1].head(round) != null;
        boolean low = lowest >= 2 && levels[2].head(round) != null;
        if (normal && low) {
            return normalWasLast && aged(levels[2], now) ? levels[2] : levels[1];
        }
        return normal ? levels[1] : low ? levels[2] : null;
    }

    private boolean aged(Level level, long now) {
        Ticket oldest = level.oldest();
        return oldest != null && now - oldest.since > terms.agedNanos();
    }

    private boolean agedBefore(Ticket high, int lowest, long now) {
        for (int i = 1; i <= lowest; i++) {
            Ticket oldest = levels[i].oldest();
            if (oldest != null && aged(levels[i], now) && oldest.since - high.since < 0) {
                return true;
            }
        }
        return false;
    }

    private void grant(Level level, Ticket ticket, long now) {
        level.pass(ticket);
        remove(ticket);
        pace.granted(now);
        highRun = level.priority == Priority.HIGH ? highRun + 1 : 0;
        if (level.priority != Priority.HIGH) {
            normalWasLast = level.priority == Priority.NORMAL;
        }
        granted++;
        waited += now - ticket.since;
        end(ticket, Ticket.State.GRANTED, 0, now);
        queueToTell(ticket);
    }

    private void expire(long now) {
        for (Ticket first = due.first(); first != null && first.due - now <= 0; first = due.first()) {
            remove(first);
            expired++;
            long before = before(first.priority, 0, false);
            long wait =
                    Math.max(known(first.gate, first.gate.waitFor(now), before, 0, now), pace.nanos(before + 1, now));
            end(first, Ticket.State.EXPIRED, Math.max(wait, 1), now);
            queueToTell(first);
        }
    }

    /** A full line makes room for somebody more important, or for a key that has fewer in it. */
    private boolean makeRoom(Priority priority, int own, long now) {
        for (int i = Priority.COUNT - 1; i >= priority.ordinal(); i--) {
            Level level = levels[i];
            Ticket victim = i > priority.ordinal() ? level.newest() : level.newestOfLongest(own + 1);
            if (victim != null) {
                long wait = pace.nanos(higher(victim.priority) + level.size, now);
                remove(victim);
                refused++;
                end(victim, Ticket.State.REFUSED, Math.max(wait, 1), now);
                queueToTell(victim);
                return true;
            }
        }
        return false;
    }

    private void add(String key, Ticket ticket, long now) {
        if (size == 0) {
            pace.begin(now);
            highRun = 0;
        }
        Line.Holder holder = holders.computeIfAbsent(key, Line.Holder::new);
        levels[ticket.priority.ordinal()].add(holder, ticket);
        due.add(ticket);
        count();
    }

    private void remove(Ticket ticket) {
        Line.Holder holder = Objects.requireNonNull(ticket.line).holder;
        levels[ticket.priority.ordinal()].remove(ticket);
        due.remove(ticket);
        if (holder.size == 0) {
            holders.remove(holder.key);
        }
        count();
    }

    private void count() {
        size = levels[0].size + levels[1].size + levels[2].size;
    }

    private static void end(Ticket ticket, Ticket.State state, long retryAfter, long now) {
        ticket.retryAfter = retryAfter;
        ticket.ended = now;
        ticket.state = state;
    }

    /** What the gate itself makes wait, after those who wait for the same; 0: it does not know. */
    private long known(Gate gate, long wait, long before, int own, long now) {
        return wait == 0 || wait == Gate.FULL ? 0 : wait + pace.nanos(gate.own() ? own : before, now);
    }

    private int higher(Priority priority) {
        int higher = 0;
        for (int i = 0; i < priority.ordinal(); i++) {
            higher += levels[i].going(round);
        }
        return higher;
    }

    private long before(Priority priority, int own, boolean stopped) {
        return (long) higher(priority) + levels[priority.ordinal()].before(own, stopped, round);
    }

    private void queueToTell(Ticket ticket) {
        if (lastToTell == null) {
            toTell = ticket;
        } else {
            lastToTell.nextToTell = ticket;
        }
        lastToTell = ticket;
    }

    private @Nullable Ticket takeToTell() {
        Ticket first = toTell;
        toTell = null;
        lastToTell = null;
        return first;
    }

    // Outside it

    private void tell(@Nullable Ticket first, @Nullable Ticket knows, long now) {
        boolean room = false;
        for (Ticket ticket = first; ticket != null; ) {
            Ticket next = ticket.nextToTell;
            ticket.nextToTell = null;
            if (ticket != knows) {
                room |= !told(ticket, now);
            }
            ticket = next;
        }
        if (room) {
            advance(now);
        }
    }

    /** Its loop may have ended meanwhile; then nobody is there to use what was granted. */
    private static boolean told(Ticket ticket, long now) {
        try {
            ticket.executor.execute(ticket.wake);
            return true;
        } catch (RejectedExecutionException e) {
            if (ticket.state == Ticket.State.GRANTED) {
                ticket.gate.leave(now);
            }
            return false;
        }
    }
}
