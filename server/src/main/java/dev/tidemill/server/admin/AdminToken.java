package dev.tidemill.server.admin;

import dev.tidemill.core.Failure;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Service;
import dev.tidemill.relay.service.ServiceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** Who reads the data directory's 0600 file may administer: the token in it, new at each start. */
public record AdminToken(String text) {
    /** @param random cryptographically strong */
    public static AdminToken generate(RandomGenerator random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return new AdminToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** The service, for those alone who send the token as {@code Authorization: Bearer}. */
    Service guard(Service service) {
        return call -> {
            if (!sentBy(call)) {
                throw new ServiceException(Failure.of(
                        Failure.Kind.UNAUTHORIZED,
                        "invalid_admin_token",
                        "The admin token is missing or wrong. Send the second line of the file `admin` in the data directory as"
                                + " Authorization: Bearer."));
            }
            service.handle(call);
        };
    }

    private boolean sentBy(Call call) {
        String header = call.header("authorization");
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith("bearer ")) {
            return false;
        }
        byte[] sent = header.substring("bearer ".length()).strip().getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(sent, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The token never shows in logs. */
    @Override
    public String toString() {
        return "admin token";
    }
}
