package dev.tidemill.wire.splice;

import dev.tidemill.wire.dialect.Dialect;
import dev.tidemill.wire.dialect.EventReader;
import dev.tidemill.wire.json.JsonText;
import dev.tidemill.wire.sse.SseException;
import dev.tidemill.wire.sse.SseReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** An event of a stream, to be framed, cut and told in other ways. */
record Event(String name, String data) {
    static List<Event> read(Dialect dialect, byte[] bytes) throws SseException {
        EventReader reader = dialect.eventReader();
        List<Event> events = new ArrayList<>();
        reader.feed(bytes, 0, bytes.length);
        while (reader.next()) {
            if (reader.hasData()) {
                SseReader sse = (SseReader) reader;
                events.add(new Event(
                        sse.hasEvent() ? text(sse.raw(), sse.eventFrom(), sse.eventTo()) : "",
                        text(reader.data(), reader.dataFrom(), reader.dataTo())));
            }
        }
        return events;
    }

    static String withoutId(String data) {
        return data.replaceAll("\"(id|responseId|created)\":(\"[^\"]*\"|\\d+)", "\"$1\":0");
    }

    String framed(String lineEnd) {
        return (name.isEmpty() ? "" : "event: " + name + lineEnd) + "data: " + data + lineEnd + lineEnd;
    }

    static byte[] stream(List<Event> events, String lineEnd) {
        StringBuilder text = new StringBuilder();
        for (Event event : events) {
            text.append(event.framed(lineEnd));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The same words cut and escaped otherwise, under another id. */
    static List<Event> retold(Speech speech, List<Event> events, RandomGenerator random) {
        List<Event> other = new ArrayList<>();
        for (int i = 0; i < events.size(); ) {
            Event event = events.get(i);
            Said.Text text = only(speech, event);
            if (text == null) {
                other.add(event.as("other-" + random.nextInt(100)));
                i++;
                continue;
            }
            StringBuilder words = new StringBuilder();
            for (Said.Text next = text; next != null && next.block() == text.block(); ) {
                byte[] data = events.get(i).bytes();
                words.append(JsonText.string(data, next.from(), next.to()));
                i++;
                next = i < events.size() ? only(speech, events.get(i)) : null;
            }
            for (int at = 0; at < words.length(); ) {
                int to = Math.min(words.length(), at + 1 + random.nextInt(12));
                other.add(event.as("other").saying(text, words.substring(at, to), random));
                at = to;
            }
        }
        return other;
    }

    /** The event with other words. */
    Event saying(Said.Text text, String words, RandomGenerator random) {
        Said.Text here = text;
        byte[] data = bytes();
        String before = text(data, 0, here.from());
        String after = text(data, here.to(), data.length);
        return new Event(name, before + escaped(words, random) + after);
    }

    /** Characters that could stand as they are become escapes by chance; half a pair always does. */
    static String escaped(String words, RandomGenerator random) {
        StringBuilder json = new StringBuilder("\"");
        words.codePoints().forEach(c -> {
            boolean alone = c >= 0xD800 && c < 0xE000;
            if (alone || c < ' ' || c == '"' || c == '\\' || random.nextInt(5) == 0) {
                for (char unit : Character.toChars(c)) {
                    json.append(String.format(random.nextBoolean() ? "\\u%04x" : "\\u%04X", (int) unit));
                }
            } else {
                json.appendCodePoint(c);
            }
        });
        return json.append('"').toString();
    }

    /** The words of an event that has nothing else; null: it has. */
    static Said.Text only(Speech speech, Event event) {
        byte[] data = event.bytes();
        Said said = speech.read(data, 0, data.length);
        return said.firm() || said.texts().size() != 1 ? null : said.texts().getFirst();
    }

    /** Ids of the same length, so that what was found stays where it was. */
    private Event as(String id) {
        String ours = id.replaceAll("[^a-z]", "x");
        return new Event(
                name,
                java.util.regex.Pattern.compile("\"(id|responseId)\":\"([^\"]*)\"")
                        .matcher(data)
                        .replaceAll(m -> "\"" + m.group(1) + "\":\""
                                + (ours + "z".repeat(200))
                                        .substring(0, Math.min(200, m.group(2).length())) + "\""));
    }

    byte[] bytes() {
        return data.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] a, int from, int to) {
        return new String(a, from, to - from, StandardCharsets.UTF_8);
    }
}
