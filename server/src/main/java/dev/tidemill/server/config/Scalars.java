package dev.tidemill.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The single values that options are made of. */
final class Scalars {
    static final Scalar<Boolean> FLAG = new Scalar<>("true | false", false, (text, reading) -> switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new IllegalArgumentException(text);
    });
    static final Scalar<Address> ADDRESS = new Scalar<>(
            "host:port, as 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one",
            false,
            (text, reading) -> Address.parse(text));
    static final Scalar<URI> URL =
            new Scalar<>("http:// or https://, host, and no more than a path", false, (text, reading) -> url(text));
    static final Scalar<Path> PATH = new Scalar<>(
            "a path; a relative one starts at the file's folder",
            false,
            (text, reading) -> reading.folder().resolve(nonEmpty(text)).normalize());
    static final Scalar<Double> SHARE = new Scalar<>("0% to 100%", false, (text, reading) -> Units.share(text));
    static final Scalar<Double> QUANTILE = new Scalar<>("p1 to p99.99, or 0.01 to 0.9999", false, (text, reading) -> {
        double quantile = Units.quantile(text);
        return inside(quantile >= 0.01 && quantile <= 0.9999, quantile);
    });
    static final Scalar<String> ORIGIN =
            new Scalar<>("an origin as https://app.example.com, or *", false, (text, reading) -> origin(text));

    private Scalars() {}

    static Scalar<String> text(String expected) {
        return new Scalar<>(expected, false, (text, reading) -> nonEmpty(text));
    }

    /** Visible ASCII, as a header value takes it; never shown. */
    static Scalar<String> secret(String expected) {
        return new Scalar<>(expected, true, (text, reading) -> {
            if (!text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
                throw new IllegalArgumentException("not printable");
            }
            return nonEmpty(text.strip());
        });
    }

    static Scalar<Integer> whole(int least, int most) {
        return new Scalar<>(least + " to " + most, false, (text, reading) -> {
            int number = Integer.parseInt(text);
            return inside(number >= least && number <= most, number);
        });
    }

    static Scalar<Long> count(long least, long most) {
        return new Scalar<>(least + " to " + most, false, (text, reading) -> {
            long number = Long.parseLong(text);
            return inside(number >= least && number <= most, number);
        });
    }

    static Scalar<Long> size(String least, String most) {
        return new Scalar<>("a size from " + least + " to " + most, false, (text, reading) -> {
            long bytes = Units.bytes(text);
            return inside(bytes >= Units.bytes(least) && bytes <= Units.bytes(most), bytes);
        });
    }

    static Scalar<Duration> duration(String least, String most) {
        return new Scalar<>("a duration from " + least + " to " + most, false, (text, reading) -> {
            Duration duration;
            try {
                duration = Units.duration(text);
            } catch (IllegalArgumentException e) {
                if (text.matches("\\d{1,9}")) {
                    throw new Scalar.Hint("did you mean " + text + "s?");
                }
                throw e;
            }
            return inside(
                    duration.compareTo(Units.duration(least)) >= 0 && duration.compareTo(Units.duration(most)) <= 0,
                    duration);
        });
    }

    static <E extends Enum<E>> Scalar<E> choice(Class<E> type) {
        List<String> words = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        return new Scalar<>(String.join(" | ", words), false, (text, reading) -> {
            int at = words.indexOf(text);
            if (at >= 0) {
                return type.getEnumConstants()[at];
            }
            String closest = Closest.to(text, words);
            throw closest == null
                    ? new IllegalArgumentException(text)
                    : new Scalar.Hint("did you mean " + closest + "?");
        });
    }

    static URI url(String text) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme();
            if (scheme == null || uri.getHost() == null) {
                throw text.contains("://")
                        ? new IllegalArgumentException(text)
                        : new Scalar.Hint("did you mean https://" + text + "?");
            }
            boolean web = scheme.equals("http") || scheme.equals("https");
            if (!web || uri.getPort() > 65_535 || uri.getPort() == 0) {
                throw new IllegalArgumentException(text);
            }
            if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                throw new Scalar.Hint("a credential belongs under keys, a query nowhere");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static String origin(String text) {
        if (text.equals("*")) {
            return text;
        }
        URI uri = url(text);
        return inside(uri.getRawPath().isEmpty(), text);
    }

    private static String nonEmpty(String text) {
        return inside(!text.isBlank(), text);
    }

    private static <T> T inside(boolean inside, T value) {
        if (!inside) {
            throw new IllegalArgumentException(String.valueOf(value));
        }
        return value;
    }
}
