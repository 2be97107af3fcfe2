package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What is answered instead of a completion: an error status, a page, a redirect, a bomb.
 *
 * @param status of the answer
 * @param type content type, or empty
 * @param headers whole lines with CRLF
 * @param body of the answer
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Substitute(int status, String type, String headers, byte[] body) {
    private static final String JSON = "application/json";
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** The answer that a fault puts in place of the right one, or null when none does. */
    static @Nullable Substitute of(
            Faults faults, Protocol protocol, @Nullable String key, boolean stream, InstantSource clock)
            throws IOException {
        for (Fault fault : faults.all()) {
            switch (fault.kind()) {
                case STATUS -> {
                    return status(fault, protocol, key, clock);
                }
                case EARLY -> {
                    return error(protocol, ErrorText.of(fault.count("status"), "Answered before the body was read."));
                }
                case CONTENT_FILTER -> {
                    if (fault.text("as").equals("status")) {
                        ErrorText text = protocol.againstPolicy();
                        String code = orElse(fault.text("error-code"), text.code() == null ? "" : text.code());
                        return error(protocol, new ErrorText(text.status(), text.type(), code, text.message()));
                    }
                }
                case CONTEXT_LENGTH -> {
                    return error(protocol, protocol.tooLong(fault.number("tokens"), fault.number("limit")));
                }
                case ERROR_BODY -> {
                    ErrorText text = new ErrorText(
                            500, fault.text("type"), null, orElse(fault.text("message"), "Failed on purpose."));
                    return new Substitute(200, JSON, "", utf8(protocol.error(text)));
                }
                case HTML -> {
                    return html(fault.count("status"));
                }
                case EMPTY_BODY -> {
                    return new Substitute(200, stream ? "text/event-stream" : JSON, "", new byte[0]);
                }
                case REDIRECT -> {
                    String location = "location: " + fault.text("location").replaceAll("[\r\n]", "") + "\r\n";
                    return new Substitute(fault.count("status"), "text/plain", location, utf8("Moved.\n"));
                }
                case GZIP_BOMB -> {
                    String headers = "content-encoding: gzip\r\n";
                    return new Substitute(
                            200, stream ? "text/event-stream" : JSON, headers, bomb(fault.bytes("bytes"), stream));
                }
                default -> {}
            }
        }
        return null;
    }

    /** An error in the protocol's shape. */
    static Substitute error(Protocol protocol, ErrorText text) {
        return new Substitute(text.status(), JSON, "", utf8(protocol.error(text)));
    }

    private static Substitute status(Fault fault, Protocol protocol, @Nullable String key, InstantSource clock) {
        int status = fault.count("code");
        StringBuilder headers = new StringBuilder();
        String after = fault.text("retry-after");
        boolean inBody = protocol.vendor().equals("gemini") && status == 429;
        long seconds = inBody ? Parameter.number(after.isEmpty() ? "1" : after) : -1;
        if (!after.isEmpty() && !after.equals("none") && seconds < 0) {
            headers.append("retry-after: ").append(retryAfter(after, clock)).append("\r\n");
        }
        header(headers, "retry-after-ms", fault.text("retry-after-ms"));
        header(headers, "x-should-retry", fault.text("should-retry"));
        String code = fault.text("error-code");
        String message = orElse(fault.text("message"), message(status, key));
        String body = protocol.error(
                new ErrorText(status, fault.text("type"), code.isEmpty() ? null : code, message, seconds));
        return new Substitute(status, JSON, headers.toString(), utf8(body));
    }

    private static String retryAfter(String written, InstantSource clock) {
        if (written.equals("date") || written.startsWith("date:")) {
            long seconds = Math.max(0, Parameter.number(written.equals("date") ? "2" : written.substring(5)));
            return HTTP_DATE.format(clock.instant().plus(Duration.ofSeconds(seconds)));
        }
        return switch (written) {
            case "absurd" -> "999999999999";
            case "negative" -> "-5";
            case "past" -> "Sun, 06 Nov 1994 08:49:37 GMT";
            default -> written.replaceAll("[\r\n]", "");
        };
    }

    /** As the provider says it; with 401 it repeats the key, which a relay must not pass on. */
    private static String message(int status, @Nullable String key) {
        return switch (status) {
            case 401 -> "Incorrect API key provided: " + (key == null ? "" : key.replaceFirst("^Bearer ", "")) + ".";
            case 429 -> "Rate limit reached. Please try again later.";
            case 529 -> "Overloaded";
            default -> "The simulator answers " + status + " on purpose.";
        };
    }

    private static Substitute html(int status) {
        String page = "<!DOCTYPE html>\n<html><head><title>" + status + "</title></head><body><h1>" + status
                + "</h1><p>The gateway in front of the provider has something to say.</p></body></html>\n";
        return new Substitute(status, "text/html; charset=utf-8", "", utf8(page));
    }

    private static byte[] bomb(long inflated, boolean stream) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out, 64 << 10)) {
            gzip.write(utf8((stream ? "data: " : "") + "{\"id\":\"chatcmpl-bomb\",\"filler\":\""));
            byte[] filler = new byte[64 << 10];
            Arrays.fill(filler, (byte) 'b');
            long limit = Math.min(inflated, 16L << 30);
            for (long written = 0; written < limit; written += filler.length) {
                gzip.write(filler, 0, (int) Math.min(filler.length, limit - written));
            }
            gzip.write(utf8("\"}" + (stream ? "\n\n" : "")));
        }
        return out.toByteArray();
    }

    private static void header(StringBuilder headers, String name, String value) {
        if (!value.isEmpty()) {
            headers.append(name)
                    .append(": ")
                    .append(value.replaceAll("[\r\n]", ""))
                    .append("\r\n");
        }
    }

    private static String orElse(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
