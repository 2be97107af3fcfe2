package dev.tidemill.core.health;

import dev.tidemill.core.health.Parking.Parked;
import dev.tidemill.core.health.Shutter.Shut;
import dev.tidemill.core.key.KeySecret;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** One of a provider's keys, known by its fingerprint. */
final class Credential {
    /** How long a refused one is let alone; then one attempt finds out whether the account was topped up. */
    static final long COOL_DOWN = 300_000_000_000L;

    private static final int FINGERPRINT = 4;

    /** How long it is let alone with one model at least; for those who look. */
    private final Parking parking = new Parking();

    final Shutter out = new Shutter(COOL_DOWN);
    final Shown shown;
    final long place;

    Credential(Shown shown, long place) {
        this.shown = shown;
        this.place = place;
    }

    static String fingerprint(String secret) {
        byte[] digest = KeySecret.sha256().digest(secret.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, FINGERPRINT);
    }

    void limited(long now, long nanos, String reason) {
        parking.until(now, nanos, reason);
        if (shown.state() == State.HEALTHY) {
            shown.change(State.PARKED, reason);
        }
    }

    CredentialState state(String provider, int index, String fingerprint, long now) {
        Shut shut = out.state();
        Parked parked = parking.at(now);
        State state = shut != null ? State.OUT : parked != null ? State.PARKED : State.HEALTHY;
        String reason = shut != null ? shut.reason() : parked != null ? parked.reason() : "";
        shown.change(state, state == State.HEALTHY ? "the time is over" : reason);
        long wait = shut != null ? out.left(now) : parking.left(now);
        return new CredentialState(provider, index, fingerprint, state, reason, wait, shown.since());
    }
}
