package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Place;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.SseEvent;
import dev.tidemill.simulator.protocol.StreamScript;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of a streamed response, numbered from 0. Every item of the output is added, grows, and is done with its last token; the event
 * that ends the response repeats all of them. What is sent before an error, too, since OpenAI answers a spent quota in this way.
 */
final class ResponsesStream implements StreamScript {
    private static final int MOST_ITEMS = 1_000;

    private final Ask ask;
    private final Said said;
    private final ResponseObject response;
    private final StoredResponses stored;
    private final List<String> done = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable OutputItem open;
    private int number;

    ResponsesStream(Ask ask, Said said, StoredResponses stored) {
        this.ask = ask;
        this.said = said;
        this.stored = stored;
        this.response = new ResponseObject(stored.nextId(), ask, said);
    }

    @Override
    public List<SseEvent> opening() {
        String running = response.running("");
        if (ask.store() && ask.background()) {
            stored.put(
                    response.id(), new StoredResponses.Stored(running, response.cancelled(), true, ask.promptTokens()));
        }
        return List.of(
                event("response.created", "\"response\":" + running),
                event("response.in_progress", "\"response\":" + running));
    }

    @Override
    public List<SseEvent> step(int step) {
        if (said.steps() == 0) {
            return List.of();
        }
        Place place = said.at(step);
        List<SseEvent> events = new ArrayList<>(4);
        OutputItem item = open;
        if (item == null || place.first()) {
            item = add(events, place.kind(), place.call());
        }
        events.add(delta(item, place.token()));
        if (place.last()) {
            done(events);
        }
        return events;
    }

    @Override
    public List<SseEvent> finish() {
        List<SseEvent> events = new ArrayList<>(4);
        done(events);
        String ended = response.ended(output());
        events.add(event("response." + ResponseObject.endState(said), "\"response\":" + ended));
        keep(ended);
        return events;
    }

    @Override
    public List<SseEvent> content(String words) {
        List<SseEvent> events = new ArrayList<>(4);
        OutputItem item = add(events, Place.Kind.TEXT, 0);
        events.add(delta(item, words));
        return events;
    }

    @Override
    public SseEvent broken() {
        return new SseEvent(
                "response.output_text.delta",
                "{\"type\":\"response.output_text.delta\",\"item_id\":\"msg_broken\",\"output_index\":0,\"delta\":");
    }

    @Override
    public List<SseEvent> error(ErrorText error) {
        StringBuilder json = new StringBuilder(200).append("\"error\":");
        OpenAi.fields(json, error);
        String failed = response.failed(output(), error);
        keep(failed);
        return List.of(event("error", json.toString()), event("response.failed", "\"response\":" + failed));
    }

    /** With its fields beside the type and nothing after it, as OpenAI's schema has it and its servers do not. */
    @Override
    public List<SseEvent> errorOtherwise(ErrorText error) {
        String code = OpenAi.code(error);
        keep(response.failed(output(), error));
        return List.of(event(
                "error",
                "\"code\":" + (code == null ? "null" : Json.quoted(code)) + ",\"message\":"
                        + Json.quoted(error.message()) + ",\"param\":null"));
    }

    @Override
    public boolean opensBeforeErrors() {
        return true;
    }

    private void keep(String json) {
        if (!ask.store()) {
            return;
        }
        long tokens = said.usage().total();
        StoredResponses.Stored ended = new StoredResponses.Stored(json, null, ask.background(), tokens);
        if (ask.background()) {
            stored.end(response.id(), ended);
        } else {
            stored.put(response.id(), ended);
        }
    }

    private String output() {
        return String.join(",", done);
    }

    private OutputItem add(List<SseEvent> events, Place.Kind kind, int call) {
        done(events);
        OutputItem item = OutputItem.of(kind, call, done.size(), ask, said);
        open = item;
        events.add(event("response.output_item.added", index() + ",\"item\":" + item.added()));
        switch (kind) {
            case REASONING ->
                events.add(
                        event("response.reasoning_summary_part.added", summary(item) + ",\"part\":" + item.part("")));
            case TEXT -> events.add(event("response.content_part.added", content(item) + ",\"part\":" + item.part("")));
            case ARGUMENTS -> {}
        }
        return item;
    }

    private SseEvent delta(OutputItem item, String token) {
        text.append(token);
        String delta = ",\"delta\":" + Json.quoted(token);
        return switch (item.kind()) {
            case REASONING -> event("response.reasoning_summary_text.delta", summary(item) + delta);
            case TEXT -> event("response.output_text.delta", content(item) + delta + ",\"logprobs\":[]");
            case ARGUMENTS -> event("response.function_call_arguments.delta", item(item) + delta);
        };
    }

    private void done(List<SseEvent> events) {
        OutputItem item = open;
        if (item == null) {
            return;
        }
        String words = text.toString();
        String quoted = Json.quoted(words);
        switch (item.kind()) {
            case REASONING -> {
                events.add(event("response.reasoning_summary_text.done", summary(item) + ",\"text\":" + quoted));
                events.add(
                        event("response.reasoning_summary_part.done", summary(item) + ",\"part\":" + item.part(words)));
            }
            case TEXT -> {
                events.add(event("response.output_text.done", content(item) + ",\"logprobs\":[],\"text\":" + quoted));
                events.add(event("response.content_part.done", content(item) + ",\"part\":" + item.part(words)));
            }
            case ARGUMENTS ->
                events.add(event("response.function_call_arguments.done", item(item) + ",\"arguments\":" + quoted));
        }
        String json = item.json(words, said.end() == Said.End.LENGTH ? "incomplete" : "completed");
        events.add(event("response.output_item.done", index() + ",\"item\":" + json));
        if (done.size() < MOST_ITEMS) {
            done.add(json);
        }
        open = null;
        text.setLength(0);
    }

    private String index() {
        return "\"output_index\":" + done.size();
    }

    private String item(OutputItem item) {
        return "\"item_id\":\"" + item.id() + "\"," + index();
    }

    private String content(OutputItem item) {
        return item(item) + ",\"content_index\":0";
    }

    private String summary(OutputItem item) {
        return item(item) + ",\"summary_index\":0";
    }

    private SseEvent event(String type, String fields) {
        return new SseEvent(type, "{\"type\":\"" + type + "\",\"sequence_number\":" + number++ + "," + fields + "}");
    }
}
