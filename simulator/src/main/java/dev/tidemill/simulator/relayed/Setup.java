package dev.tidemill.simulator.relayed;

/**
 * Under what circumstances a fault is met.
 *
 * @param way to the provider
 * @param retries what the relay may do about it
 * @param padding characters added to the prompt
 * @param asks how often the client asks; the last answer is looked at
 * @param tool whether a function is called, whose arguments are the text
 */
public record Setup(Way way, Retries retries, int padding, int asks, boolean tool) {
    static final Setup PLAIN = new Setup(Way.OPEN, Retries.NONE, 0, 1, false);

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
        return new Setup(other, retries, padding, asks, tool);
    }

    Setup with(Retries other) {
        return new Setup(way, other, padding, asks, tool);
    }

    Setup padded(int characters) {
        return new Setup(way, retries, characters, asks, tool);
    }

    Setup asked(int times) {
        return new Setup(way, retries, padding, times, tool);
    }

    Setup calling() {
        return new Setup(way, retries, padding, asks, true);
    }
}
