package dev.tidemill.core.route;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The clocks of an exchange, each at least 1 ms: five, of which one has a second value.
 *
 * @param connect until a connection stands
 * @param headers of an answer that is not streamed: from the send to its head, and between two pieces of its body
 * @param firstContent from the send until the first content event of a stream
 * @param gap between two semantic events (comments and pings do not count)
 * @param toolGap instead of gap while tool arguments or a reasoning block are open
 * @param total the whole exchange
 */
public record Clocks(
        Duration connect, Duration headers, Duration firstContent, Duration gap, Duration toolGap, Duration total) {

    public static final Clocks DEFAULT = new Clocks(
            Duration.ofSeconds(5),
            Duration.ofSeconds(300),
            Duration.ofSeconds(120),
            Duration.ofSeconds(60),
            Duration.ofSeconds(300),
            Duration.ofMinutes(30));

    /**
     * The same, but no longer than a caller waits.
     *
     * @param whole for everything; null: as long as it takes
     * @param silence for each wait for more; null: as long as it takes
     */
    public Clocks within(@Nullable Duration whole, @Nullable Duration silence) {
        return new Clocks(
                connect,
                shorter(headers, silence),
                shorter(firstContent, silence),
                shorter(gap, silence),
                shorter(toolGap, silence),
                shorter(total, whole));
    }

    private static Duration shorter(Duration time, @Nullable Duration limit) {
        return limit != null && limit.compareTo(time) < 0 ? limit : time;
    }
}
