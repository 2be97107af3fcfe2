package dev.tidemill.relay.meter;

import dev.tidemill.core.limit.Priority;
import dev.tidemill.wire.Usage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Access lines as JSON bytes in one array that is used over and over. One thread. */
final class AccessFormat {
    /** Of one line; {@code attempts} tells how many there were. */
    static final int MOST_TRIES = 32;

    private static final byte[] ZULU = ascii("Z\"");

    private final byte[][] phaseNames;
    private byte[] bytes = new byte[64 << 10];
    private int length;
    private long second = -1;
    private byte[] secondText = {};

    AccessFormat(List<String> phaseNames) {
        this.phaseNames =
                phaseNames.stream().map(name -> ascii("\"" + name + "\":")).toArray(byte[][]::new);
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    /** Writes what was added, and empties. */
    int writeTo(OutputStream out) throws IOException {
        int count = length;
        length = 0;
        out.write(bytes, 0, count);
        return count;
    }

    void add(AccessLine line) {
        time(line.epochMillis());
        text(",\"request_id\":", line.requestId());
        text(",\"peer\":", line.peer());
        text(",\"key\":", line.keyId());
        text(",\"project\":", line.project());
        text(",\"method\":", line.method());
        text(",\"path\":", line.path());
        if (line.line()) {
            raw(",\"batch\":true");
        }
        text(",\"model\":", line.model());
        text(",\"target\":", line.target());
        text(",\"priority\":", word(line.priority()));
        text(",\"priority_asked\":", word(line.askedPriority()));
        boolean exchange = line.phaseNanos().length > 0;
        if (exchange) {
            raw(line.stream() ? ",\"stream\":true" : ",\"stream\":false");
        }
        number(",\"status\":", line.status());
        text(",\"failure\":", line.failure());
        text(",\"detail\":", line.detail());
        if (exchange) {
            number(",\"attempts\":", line.attempts());
        }
        if (!line.tries().isEmpty()) {
            tries(line.tries());
        }
        text(",\"upstream_request_id\":", line.upstreamRequestId());
        Usage usage = line.usage();
        if (usage != null) {
            spent(usage, line.known());
        }
        if (exchange) {
            number(",\"bytes_in\":", line.bytesIn());
        }
        number(",\"bytes_out\":", line.bytesOut());
        if (line.droppedEvents() > 0) {
            number(",\"dropped_events\":", line.droppedEvents());
        }
        if (line.firstContentNanos() > 0) {
            number(",\"first_content_us\":", line.firstContentNanos() / 1000);
        }
        number(",\"total_us\":", line.totalNanos() / 1000);
        if (line.position() >= 0) {
            number(",\"position\":", line.position());
        }
        if (exchange) {
            phases(line.phaseNanos());
        }
        raw("}\n");
    }

    private static @Nullable String word(@Nullable Priority priority) {
        return priority == null ? null : priority.word();
    }

    private void tries(List<FailedTry> tries) {
        raw(",\"tries\":[");
        for (int i = 0; i < Math.min(tries.size(), MOST_TRIES); i++) {
            FailedTry one = tries.get(i);
            text(i == 0 ? "{\"target\":" : ",{\"target\":", one.target());
            text(",\"kind\":", one.kind());
            text(",\"code\":", one.code());
            text(",\"clock\":", one.clock());
            raw(one.sent() ? ",\"sent\":true" : ",\"sent\":false");
            number(",\"ms\":", one.nanos() / 1_000_000);
            Spent spent = one.spent();
            if (spent != null) {
                spent(spent.usage(), spent.known());
            }
            raw("}");
        }
        raw("]");
    }

    private void spent(Usage usage, Spent.Known known) {
        if (known == Spent.Known.MAYBE) {
            raw(",\"maybe_billed\":true");
            return;
        }
        number(",\"usage\":{\"input\":", usage.input());
        number(",\"cache_read\":", usage.cacheRead());
        number(",\"output\":", usage.output());
        number(",\"reasoning\":", usage.reasoning());
        raw(known == Spent.Known.ESTIMATED ? ",\"estimated\":true}" : "}");
    }

    private void phases(long[] nanos) {
        raw(",\"phases_us\":{");
        String comma = "";
        for (int i = 0; i < phaseNames.length; i++) {
            if (nanos[i] > 0) {
                raw(comma);
                raw(phaseNames[i]);
                decimal(nanos[i] / 1000);
                comma = ",";
            }
        }
        raw("}");
    }

    private void time(long epochMillis) {
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != second) {
            second = now;
            String text = Instant.ofEpochSecond(now).toString();
            secondText = ascii("{\"time\":\"" + text.substring(0, text.length() - 1) + ".");
        }
        raw(secondText);
        int millis = Math.floorMod(epochMillis, 1000);
        room(3);
        bytes[length++] = (byte) ('0' + millis / 100);
        bytes[length++] = (byte) ('0' + millis / 10 % 10);
        bytes[length++] = (byte) ('0' + millis % 10);
        raw(ZULU);
    }

    private void text(String name, @Nullable String value) {
        if (value == null) {
            return;
        }
        raw(name);
        int characters = value.length();
        room(2 * characters + 2);
        byte[] to = bytes;
        int at = length;
        to[at++] = '"';
        for (int i = 0; i < characters; i++) {
            char c = value.charAt(i);
            if (c >= 0x80) {
                length = at;
                escaped(value.substring(i));
                raw("\"");
                return;
            }
            if (c == '"' || c == '\\') {
                to[at++] = '\\';
            }
            to[at++] = (byte) (c < 0x20 || c == 0x7f ? ' ' : c);
        }
        to[at++] = '"';
        length = at;
    }

    /** The rare rest of a text that is not ASCII alone. */
    private void escaped(String rest) {
        StringBuilder clean = new StringBuilder(rest.length() + 16);
        for (int i = 0; i < rest.length(); i++) {
            char c = rest.charAt(i);
            if (c == '"' || c == '\\') {
                clean.append('\\');
            }
            clean.append(c < 0x20 || c == 0x7f ? ' ' : c);
        }
        raw(clean.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void number(String name, long value) {
        raw(name);
        decimal(value);
    }

    private void decimal(long value) {
        room(20);
        if (value < 0) {
            bytes[length++] = '-';
            value = -value;
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        for (int at = length + digits - 1; at >= length; at--, value /= 10) {
            bytes[at] = (byte) ('0' + value % 10);
        }
        length += digits;
    }

    @SuppressWarnings("deprecation") // the one copy of ASCII that makes no array
    private void raw(String ascii) {
        room(ascii.length());
        ascii.getBytes(0, ascii.length(), bytes, length);
        length += ascii.length();
    }

    private void raw(byte[] text) {
        room(text.length);
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
