package dev.tidemill.cli.api;

import dev.tidemill.cli.CommandFailed;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --url} and {@code --key}: which relay, and as whom. */
public final class Access {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:TIDEMILL_URL:-http://127.0.0.1:8080}",
            description = "The relay; also from TIDEMILL_URL. Default: ${DEFAULT-VALUE}")
    String url = "";

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "${env:TIDEMILL_KEY}",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
            description = "A key of it; better from TIDEMILL_KEY, which other users of the machine cannot see.")
    @Nullable
    String key;

    /** @throws CommandFailed wrong usage: no key, or no URL */
    public Api open() throws CommandFailed {
        if (key == null || key.isBlank()) {
            throw CommandFailed.usage(
                    "no key (expected: --key or TIDEMILL_KEY; make one with: tidemill keys create --name me)");
        }
        return new Api(base(url), key.strip());
    }

    /** With or without {@code /v1}, which belongs to the paths here. */
    static URI base(String url) throws CommandFailed {
        String text = url.strip();
        while (text.endsWith("/") || text.endsWith("/v1")) {
            text = text.substring(0, text.length() - (text.endsWith("/") ? 1 : 3));
        }
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw CommandFailed.usage("--url " + url + " (expected: http://host:port or https://host)");
    }
}
