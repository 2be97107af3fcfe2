package dev.tidemill.simulator.cut;

import dev.tidemill.simulator.cut.Outcome.End;
import dev.tidemill.simulator.relayed.Api;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a client may see of a stream that ended after some of its bytes.
 *
 * <p>Events that came whole are passed on as they are, and none that did not; only what Chat tells of usage is left out for
 * who did not ask. Behind them stands nothing where the answer
 * is whole, {@code [DONE]} where Chat's finish reason came and the body ended in good order, what the provider said itself
 * where it told of an error, and otherwise an error event; never the mark of a whole answer. Where nothing was said yet, the
 * answer may be an error with a status instead.
 */
final class Judge {
    private static final Pattern BLANK_LINE = Pattern.compile("\r\n\r\n|\n\n");
    private static final String DONE = "data: [DONE]\n\n";

    private Judge() {}

    /** Judges what came of a cut. */
    static Outcome of(Recording recording, Cut cut, Came came) {
        int events = recording.eventsIn(cut.at());
        Outcome outcome = of(recording, cut, came, events);
        // A CR alone may end a blank line, or stand before the LF that belongs to it.
        boolean perhaps =
                cut.at() > 0 && recording.bytes()[cut.at() - 1] == '\r' && recording.eventsIn(cut.at() + 1) > events;
        if (outcome.fault() != null && perhaps) {
            Outcome other = of(recording, cut, came, events + 1);
            return other.fault() == null ? other : outcome;
        }
        return outcome;
    }

    private static Outcome of(Recording recording, Cut cut, Came came, int events) {
        List<Event> had = recording.events().subList(0, events);
        if (!came.framed()) {
            return new Outcome(End.ERROR_EVENT, "the body has no end");
        }
        if (came.status() != 200) {
            return new Outcome(End.STATUS, status(recording.api(), had, came));
        }
        int length = passedOn(recording, had, cut, came);
        if (length < 0) {
            return new Outcome(End.ERROR_EVENT, "what came whole is not what was passed on");
        }
        String rest = came.from(length);
        boolean told = had.stream().anyMatch(Event::error);
        boolean terminal = had.stream().anyMatch(Event::terminal);
        boolean finish = had.stream().anyMatch(Event::finish);
        if (terminal || told || (recording.api() == Api.GEMINI && finish && cut.clean())) {
            String fault = rest.isEmpty() ? null : "behind the end: " + shortened(rest);
            return new Outcome(told ? End.PROVIDERS_ERROR : End.WHOLE, fault);
        }
        if (recording.api() == Api.CHAT && finish && cut.clean()) {
            return new Outcome(End.WHOLE, rest.equals(DONE) ? null : "expected [DONE], came: " + shortened(rest));
        }
        return new Outcome(End.ERROR_EVENT, broken(recording.api(), rest));
    }

    /** How long what was passed on of these events is, -1: it is not that. Nothing goes through behind the mark of a whole answer. */
    private static int passedOn(Recording recording, List<Event> had, Cut cut, Came came) {
        int length = 0;
        int from = 0;
        for (Event event : had) {
            int to = Math.min(event.end(), cut.at());
            if (!event.usage() || cut.usageAsked()) {
                int start = length;
                length += to - from;
                if (came.length() < length
                        || Arrays.mismatch(came.body(), start, length, recording.bytes(), from, to) >= 0) {
                    return -1;
                }
            }
            if (event.terminal()) {
                return length;
            }
            from = to;
        }
        return length;
    }

    private static @Nullable String status(Api api, List<Event> had, Came came) {
        if (had.stream().anyMatch(event -> event.says() || event.terminal())) {
            return came.status() + " though there was an answer";
        }
        JsonNode error = Event.parsed(came.from(0)).path("error");
        return came.status() >= 400 && !error.path("message").asString("").isEmpty()
                ? null
                : came.status() + " without an error of " + api + ": " + shortened(came.from(0));
    }

    private static @Nullable String broken(Api api, String rest) {
        String[] blocks = BLANK_LINE.split(rest);
        boolean ends = rest.endsWith("\n\n") || rest.endsWith("\r\n\r\n");
        boolean good = ends
                && switch (api) {
                    case CHAT, GEMINI -> blocks.length == 1 && blocks[0].startsWith("data: ") && hasError(blocks[0], 6);
                    case MESSAGES ->
                        blocks.length == 1 && blocks[0].startsWith("event: error\ndata: ") && hasError(blocks[0], 19);
                    case RESPONSES ->
                        blocks.length == 2
                                && blocks[0].startsWith("event: error\ndata: ")
                                && hasError(blocks[0], 19)
                                && blocks[1].startsWith("event: response.failed\ndata: ")
                                && Event.parsed(blocks[1].substring(29))
                                        .at("/response/status")
                                        .asString("")
                                        .equals("failed");
                };
        return good ? null : "expected an error event and the end, came: " + shortened(rest);
    }

    private static boolean hasError(String block, int from) {
        return !Event.parsed(block.substring(from))
                .at("/error/message")
                .asString("")
                .isEmpty();
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? "'" + text + "'" : "'" + text.substring(0, 200) + "…'";
    }
}
