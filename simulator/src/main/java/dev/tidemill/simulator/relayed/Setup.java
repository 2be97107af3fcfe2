package dev.tidemill.simulator.relayed;

/**
 * Under what circumstances a fault is met.
 *
 * @param way to the provider
 * @param retries what the relay may do about it
 * @param padding characters added to the prompt
 * @param asks how often the client asks; the last answer is looked at
 * @param tool whether a function is called, whose arguments are the text
 * @param usage whether the client wants to be told what a stream cost, in an API where that must be asked for
 * @param hurried whether the relay's clocks are those of {@link FaultTable}; else its usual ones, since much has to come
 */
public record Setup(Way way, Retries retries, int padding, int asks, boolean tool, boolean usage, boolean hurried) {
    static final Setup PLAIN = new Setup(Way.OPEN, Retries.NONE, 0, 1, false, true, true);

    /** Where a relay may turn when an attempt fails. */
    public enum Retries {
        /** One target, and one attempt. */
        NONE(""),
        /** One target, by the default policy. */
        SAME("again"),
        /** A second target without a fault, by the default policy. */
        OTHER("again, or elsewhere");

        private final String words;

        Retries(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    Setup on(Way other) {
        return new Setup(other, retries, padding, asks, tool, usage, hurried);
    }

    Setup with(Retries other) {
        return new Setup(way, other, padding, asks, tool, usage, hurried);
    }

    Setup padded(int characters) {
        return new Setup(way, retries, characters, asks, tool, usage, hurried);
    }

    Setup asked(int times) {
        return new Setup(way, retries, padding, times, tool, usage, hurried);
    }

    Setup calling() {
        return new Setup(way, retries, padding, asks, true, usage, hurried);
    }

    Setup withoutUsage() {
        return new Setup(way, retries, padding, asks, tool, false, hurried);
    }

    Setup unhurried() {
        return new Setup(way, retries, padding, asks, tool, usage, false);
    }
}
