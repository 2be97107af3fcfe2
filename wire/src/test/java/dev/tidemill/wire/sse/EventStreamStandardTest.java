package dev.tidemill.wire.sse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases of the WHATWG section on parsing an event stream, each at every pair of cuts. */
class EventStreamStandardTest {
    private record Case(String name, String stream, boolean cutOff, SseEvent... blocks) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final SseEvent NOTHING = new SseEvent(null, null, null, -1, null);

    static Stream<Case> cases() {
        return Stream.of(
                new Case("empty stream", "", false),
                new Case("one event", "data: a\n\n", false, data("a")),
                new Case("CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", false, data("a"), data("b")),
                new Case("CR", "data: a\r\rdata: b\r\r", false, data("a"), data("b")),
                new Case("LF then CR", "data: a\n\rdata: b\n\r", false, data("a"), data("b")),
                new Case("CRLF then LF", "data: a\r\n\ndata: b\r\n\n", false, data("a"), data("b")),
                new Case("CR then CRLF", "data: a\r\r\ndata: b\r\r\n", false, data("a"), data("b")),
                new Case("LF then CRLF", "data: a\n\r\ndata: b\n\r\n", false, data("a"), data("b")),
                new Case("byte order mark", "\uFEFFdata: a\n\n", false, data("a")),
                new Case("byte order mark alone in its line", "\uFEFF\ndata: a\n\n", false, NOTHING, data("a")),
                new Case("byte order mark later is no mark", "data: a\n\n\uFEFFdata: b\n\n", false, data("a"), NOTHING),
                new Case("only the first mark goes", "\uFEFF\uFEFFdata: a\n\n", false, NOTHING),
                new Case("no space after the colon", "data:a\n\n", false, data("a")),
                new Case("two spaces, one is kept", "data:  a\n\n", false, data(" a")),
                new Case("a tab is kept", "data:\ta\n\n", false, data("\ta")),
                new Case("empty data", "data:\n\n", false, data("")),
                new Case("empty data with space", "data: \n\n", false, data("")),
                new Case("no colon", "data\n\n", false, data("")),
                new Case("no colon, twice", "data\ndata\n\n", false, data("\n")),
                new Case("several lines", "data: a\ndata: b\ndata:\ndata: c\n\n", false, data("a\nb\n\nc")),
                new Case("several lines, CRLF", "data: a\r\ndata: b\r\n\r\n", false, data("a\nb")),
                new Case("comment alone", ": x\n\n", false, NOTHING),
                new Case("comment before an event", ":\n: x\ndata: a\n\n", false, data("a")),
                new Case("comment between lines of data", "data: a\n: x\ndata: b\n\n", false, data("a\nb")),
                new Case("blank lines", "\n\n\ndata: a\n\n", false, NOTHING, NOTHING, NOTHING, data("a")),
                new Case("event name", "event: e\ndata: a\n\n", false, new SseEvent("a", "e", null, -1, null)),
                new Case(
                        "the last event name holds",
                        "event: e\ndata: a\nevent: f\n\n",
                        false,
                        new SseEvent("a", "f", null, -1, null)),
                new Case("event name without data", "event: e\n\n", false, new SseEvent(null, "e", null, -1, null)),
                new Case("id", "id: 7\ndata: a\n\n", false, new SseEvent("a", null, "7", -1, null)),
                new Case("empty id", "id\ndata: a\n\n", false, new SseEvent("a", null, "", -1, null)),
                new Case("id with NUL is ignored", "id: 1\u00002\ndata: a\n\n", false, data("a")),
                new Case("retry", "retry: 1500\n\n", false, new SseEvent(null, null, null, 1500, null)),
                new Case("retry that is no number", "retry: 15x\nretry: -1\nretry:\n\n", false, NOTHING),
                new Case("retry beyond a long", "retry: 99999999999999999999\n\n", false, NOTHING),
                new Case("names are case-sensitive", "Data: a\nDATA: b\n\n", false, NOTHING),
                new Case("names are whole", "datas: a\ndat: b\n data: c\ndata : d\n\n", false, NOTHING),
                new Case(
                        "a field called error",
                        "error: {\"code\":500}\n\n",
                        false,
                        new SseEvent(null, null, null, -1, "{\"code\":500}")),
                new Case("colons in the value", "data: a: b:c\n\n", false, data("a: b:c")),
                new Case("other scripts", "data: привет 你好 🧡\n\n", false, data("привет 你好 🧡")),
                new Case("cut off in a line", "data: a\n\ndata: b", true, data("a")),
                new Case("cut off behind a line", "data: a\n\ndata: b\n", true, data("a")),
                new Case("cut off behind a CR", "data: a\r", true),
                new Case("cut off behind a comment", ": x\n", true));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isReadTheSameWhereverItIsCut(Case c) throws SseException {
        byte[] stream = c.stream.getBytes(StandardCharsets.UTF_8);
        SseReader reader = new SseReader(1 << 16);
        check(c, stream, SseEvent.read(reader, stream));
        for (int i = 0; i <= stream.length; i++) {
            for (int j = i; j <= stream.length; j++) {
                check(c, stream, SseEvent.read(reader, stream, i, j));
            }
        }
        int[] everywhere = new int[stream.length];
        Arrays.setAll(everywhere, i -> i);
        check(c, stream, SseEvent.read(reader, stream, everywhere));
    }

    private static void check(Case c, byte[] stream, SseEvent.Told told) {
        assertThat(told.blocks()).isEqualTo(List.of(c.blocks));
        assertThat(told.raw()).isEqualTo(stream);
        assertThat(told.cutOff()).isEqualTo(c.cutOff);
    }

    private static SseEvent data(String data) {
        return new SseEvent(data, null, null, -1, null);
    }
}
