package dev.tidemill.server.config;

import dev.tidemill.core.limit.Quota;

/** {@code limits:} of a model or a provider. Bursts follow from the rates, so that they need no option of their own. */
final class LimitsSection {
    private static final Option<Long> RPM = most("rpm", "Requests a minute, and a tenth of that at once.");
    private static final Option<Long> TPM = most(
            "tpm",
            "Tokens a minute, input and output. Taken by an estimate when a request comes, trued up when its answer has"
                    + " ended.");
    private static final Option<Long> CONCURRENCY = most("concurrency", "Requests at once.");

    private static final Section SECTION = new Section(RPM, TPM, CONCURRENCY);

    private LimitsSection() {}

    private static Option<Long> most(String name, String about) {
        return Option.of(name, Scalars.count(0, Quota.MOST), "0", about + " 0: no such limit.");
    }

    static Option<Values> option(String about) {
        return Option.group("limits", SECTION, about);
    }

    static Quota from(Values limits) {
        return new Quota(limits.get(RPM), limits.get(TPM), limits.get(CONCURRENCY));
    }
}
