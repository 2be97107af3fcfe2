package dev.tidemill.server.config;

import dev.tidemill.core.route.Protocol;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What people write as a base URL, and what they mean. Providers' pages give it with the version, official clients of
 * some protocols without it, and examples often show a whole endpoint; all three are understood:
 *
 * <ol>
 *   <li>an endpoint at the end ({@code /chat/completions}, {@code /messages}, …) is taken off;
 *   <li>a version twice at the end ({@code /v1/v1}) counts once;
 *   <li>a path without any version gets the protocol's usual one, {@code /v1} or Gemini's {@code /v1beta}; a version
 *       anywhere in the path ({@code /api/paas/v4}, {@code /v1/accounts/…/openai}) is left as it is.
 * </ol>
 *
 * <p>For an API without a version, {@code exact_url: true} takes the URL as written.
 */
final class BaseUrl {
    private static final Pattern VERSION = Pattern.compile("v\\d+((alpha|beta)\\d*)?");
    private static final Set<String> ENDPOINTS = Set.of(
            "chat", "completions", "responses", "embeddings", "models", "messages", "count_tokens", "batches", "files");

    private BaseUrl() {}

    /** Without a trailing slash. */
    static URI understand(URI written, Protocol protocol) {
        List<String> path = segments(written);
        while (!path.isEmpty() && ENDPOINTS.contains(path.getLast())) {
            path.removeLast();
        }
        while (path.size() > 1 && version(path.getLast()) && path.getLast().equals(path.get(path.size() - 2))) {
            path.removeLast();
        }
        if (path.stream().noneMatch(BaseUrl::version)) {
            path.add(protocol == Protocol.GEMINI ? "v1beta" : "v1");
        }
        return with(written, path);
    }

    /** As written, without a trailing slash. */
    static URI exact(URI written) {
        return with(written, segments(written));
    }

    private static List<String> segments(URI uri) {
        return new ArrayList<>(Arrays.stream(uri.getRawPath().split("/"))
                .filter(segment -> !segment.isEmpty())
                .toList());
    }

    private static URI with(URI uri, List<String> path) {
        String root = uri.getScheme() + "://" + uri.getRawAuthority();
        return URI.create(path.isEmpty() ? root : root + "/" + String.join("/", path));
    }

    private static boolean version(String segment) {
        return VERSION.matcher(segment).matches();
    }
}
