package dev.tidemill.relay.exchange;

import dev.tidemill.core.Failure;
import dev.tidemill.core.Failure.Kind;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.relay.loop.Loop;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whose call is it? Before the body is read, from a snapshot in memory: one SHA-256, one look into the ring. */
public final class Authenticate implements Phase {
    private static final Failure MISSING = Failure.of(
            Kind.UNAUTHORIZED,
            "missing_api_key",
            "no key was given (expected: a key of this relay, tm-…, as 'Authorization: Bearer', 'x-api-key',"
                    + " 'x-goog-api-key' or '?key='). Make one with: tidemill keys create --name NAME");
    private static final Failure WRONG = Failure.of(
            Kind.UNAUTHORIZED,
            "invalid_api_key",
            "the key given is not known here, or is revoked or expired (expected: a key of this relay, tm-…). Make one"
                    + " with: tidemill keys create --name NAME");
    private static final Failure CONFLICT = Failure.invalid(
            null,
            "conflicting_api_keys",
            "two keys were given that differ (expected: one key, in one of Authorization, x-api-key, x-goog-api-key and"
                    + " ?key=)");

    @Override
    public Step run(Exchange exchange) {
        Credential credential = exchange.downstream().credential();
        Key key = key(exchange.home(), credential);
        if (key == null) {
            exchange.fail(refusal(credential));
            return Step.FAIL;
        }
        exchange.authenticated(key);
        return Step.NEXT;
    }

    /** The valid key behind a credential, or null. */
    public static @Nullable Key key(ExchangeLoop home, Credential credential) {
        Key key = switch (credential.kind()) {
            case NONE, CONFLICT -> null;
            case OWNER -> home.directory().keys().byId(Objects.requireNonNull(credential.keyId()));
            case PRESENTED -> presented(home, credential);
        };
        return key != null && key.valid(home.clock()) ? key : null;
    }

    /** What to tell who showed this credential in vain. */
    public static Failure refusal(Credential credential) {
        return switch (credential.kind()) {
            case NONE -> MISSING;
            case CONFLICT -> CONFLICT;
            case PRESENTED, OWNER -> WRONG;
        };
    }

    private static @Nullable Key presented(ExchangeLoop home, Credential credential) {
        if (credential.to() - credential.from() != KeySecret.LENGTH) {
            return null;
        }
        Loop loop = home.loop();
        return home.directory().keys().find(loop.sha256(credential.bytes(), credential.from(), credential.to()));
    }
}
