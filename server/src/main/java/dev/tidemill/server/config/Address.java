package dev.tidemill.server.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to listen.
 *
 * @param host a name or literal address, IPv6 without brackets
 * @param port 0: a free one
 */
public record Address(String host, int port) {
    private static final Pattern TEXT = Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([A-Za-z0-9._-]+)):(\\d{1,5})");

    /** @throws IllegalArgumentException when the text is no address */
    public static Address parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            if (text.matches("\\d{1,5}")) {
                throw new Scalar.Hint("did you mean 127.0.0.1:" + text + "?");
            }
            throw new IllegalArgumentException(text);
        }
        int port = Integer.parseInt(matcher.group(3));
        if (port > 65_535) {
            throw new IllegalArgumentException(text);
        }
        String bracketed = matcher.group(1);
        if (bracketed != null) {
            InetAddress.ofLiteral(bracketed);
        }
        return new Address(bracketed == null ? matcher.group(2) : bracketed, port);
    }

    /** Whether nobody outside this machine can reach it. A name other than {@code localhost} may be anything. */
    public boolean loopback() {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Blocking when the host is a name. */
    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
