package dev.tidemill.bench.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The parsers that are fuzzed. Each has a folder of inputs to start from, beside this class and of its name, which the tests replay. */
enum FuzzTarget {
    SSE,
    JSON,
    CHUNKED,
    HEAD,
    RATE_LIMITS,
    GEMINI_ARRAY;

    /** As it is written on the command line: {@code rate-limits}. */
    String lower() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static FuzzTarget of(String name) {
        for (FuzzTarget target : values()) {
            if (target.lower().equals(name)) {
                return target;
            }
        }
        throw new IllegalArgumentException("target: " + name + " (expected: one of "
                + Stream.of(values()).map(FuzzTarget::lower).collect(Collectors.joining(", ")) + ")");
    }

    /** For the command line. */
    static final class Converter implements ITypeConverter<FuzzTarget> {
        @Override
        public FuzzTarget convert(String name) {
            try {
                return of(name);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** A new one, for one thread. */
    Invariant invariant() {
        return switch (this) {
            case SSE -> new SseInvariant();
            case JSON -> new JsonInvariant();
            case CHUNKED -> new ChunkedInvariant();
            case HEAD -> new HeadInvariant();
            case RATE_LIMITS -> new RateLimitsInvariant();
            case GEMINI_ARRAY -> new GeminiArrayInvariant();
        };
    }

    /** The folder of its inputs, in a folder of classes; a jar has none. */
    Path folder() {
        URL url = FuzzTarget.class.getResource(lower());
        if (url == null || !url.getProtocol().equals("file")) {
            throw new IllegalStateException("inputs of " + lower() + ": " + url + " (expected: a folder of classes)");
        }
        try {
            return Path.of(new URI(url.toString()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Path> inputs() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
