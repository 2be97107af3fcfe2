package dev.tidemill.relay.exchange;

/**
 * One step of an exchange's life. Stateless: what it knows of one exchange is in the exchange.
 *
 * <p>It may be run again after {@link Step#WAIT} for no reason (a resume that came late), so it looks at what it waits for
 * rather than trusting that it has come.
 */
public interface Phase {
    Step run(Exchange exchange);

    /** The name in metrics, log and docs. */
    default String phaseName() {
        return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }
}
