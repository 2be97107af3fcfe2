package dev.tidemill.simulator.relayed;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client saw of an answer.
 *
 * @param headers names in small letters
 * @param body payload without chunk frames, as UTF-8
 * @param framed whether the body came to the end that its framing promises
 * @param text the answer's words, or the arguments of its call
 * @param finish whether a finish reason came
 * @param terminal whether the API's mark of a whole answer came: {@code [DONE]}, {@code response.completed},
 *     {@code message_stop}, Gemini's finish reason; of an answer in one piece: whether it is one
 * @param error the first error's code, else its type or status, null: none
 * @param message of that error, for people
 * @param models by which the answer calls itself; one, but for a provider that cannot decide
 * @param usages what it cost, each time that it is told before the end, as JSON
 * @param unreadable bodies, or data of events, that are no JSON
 * @param last what came last of a stream, but for what is none of these
 */
public record Seen(
        int status,
        Map<String, String> headers,
        String body,
        boolean framed,
        boolean stream,
        String text,
        boolean finish,
        boolean terminal,
        @Nullable String error,
        String message,
        Set<String> models,
        List<String> usages,
        int unreadable,
        Last last) {
    public Seen {
        models = Set.copyOf(models);
        usages = List.copyOf(usages);
    }

    /** The kinds of event that a reader goes by. */
    public enum Last {
        NOTHING,
        CONTENT,
        TERMINAL,
        ERROR
    }

    /** Reads what came as a client would. */
    public static Seen of(Api api, RawAnswer answer) {
        Map<String, String> headers = answer.headers();
        String body = answer.body();
        boolean stream = headers.getOrDefault("content-type", "").startsWith("text/event-stream");
        Reading reading = new Reading(api);
        if (stream) {
            reading.events(body);
        } else {
            reading.whole(body);
        }
        return new Seen(
                answer.status(),
                headers,
                body,
                answer.framed(),
                stream,
                reading.text(),
                reading.finish(),
                reading.terminal(),
                reading.error(),
                reading.message(),
                reading.models(),
                reading.usages(),
                reading.unreadable(),
                reading.last());
    }

    /** Whether a client takes it for a success with nothing missing. */
    public boolean looksComplete() {
        return status == 200 && framed && terminal && error == null;
    }

    /** In a few words, for a table. */
    public String words() {
        if (status == 0) {
            return "connection closed without an answer";
        }
        if (!framed) {
            return status + ", cut off";
        }
        if (looksComplete()) {
            return status + ", whole" + (finish ? "" : ", no finish reason");
        }
        if (status == 200 && error != null) {
            return "200, " + (text.isEmpty() ? "no" : "part of the") + " text, error event `" + error + "`"
                    + (terminal ? ", the provider's end" : "");
        }
        return error == null ? status + ", ended without a word" : status + " `" + error + "`";
    }
}
