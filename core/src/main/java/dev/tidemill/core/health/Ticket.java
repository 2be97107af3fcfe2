package dev.tidemill.core.health;

/**
 * The right to one attempt, as a long, since every attempt has one. 0 is none. Bits 0 to 5 are the chooser's; 6: a trial;
 * 7: always set; 8 to 39: how often the breaker had opened; 40 to 62: which trial.
 */
final class Ticket {
    static final long NONE = 0;

    private static final long TRIAL = 1 << 6;
    private static final long VALID = 1 << 7;
    private static final int EPOCH_SHIFT = 8;
    private static final int TRIAL_SHIFT = 40;
    private static final int TRIAL_MASK = (1 << 23) - 1;

    private Ticket() {}

    static long ordinary(int epoch) {
        return VALID | (epoch & 0xffff_ffffL) << EPOCH_SHIFT;
    }

    static long trial(int epoch, int trial) {
        return ordinary(epoch) | TRIAL | (long) (trial & TRIAL_MASK) << TRIAL_SHIFT;
    }

    static boolean isTrial(long ticket) {
        return (ticket & TRIAL) != 0;
    }

    static boolean isTrial(long ticket, int trial) {
        return isTrial(ticket) && ticket >>> TRIAL_SHIFT == (trial & TRIAL_MASK);
    }

    static int epoch(long ticket) {
        return (int) (ticket >>> EPOCH_SHIFT);
    }
}
