package dev.tidemill.core.route;

import java.time.Duration;

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
}
