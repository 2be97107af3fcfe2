package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Place;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.SseEvent;
import dev.tidemill.simulator.protocol.StreamScript;
import dev.tidemill.simulator.protocol.Usage;
import java.util.ArrayList;
import java.util.List;

/**
 * The chunks of a streamed chat completion: role, reasoning, content or tool fragments, finish, usage where asked for, {@code [DONE]}.
 * With several choices each step has one chunk for each.
 */
final class ChatStream implements StreamScript {
    private final Ask ask;
    private final Said said;
    private final Protocol protocol;
    private final String head;

    ChatStream(Ask ask, Said said, Protocol protocol) {
        this.ask = ask;
        this.said = said;
        this.protocol = protocol;
        StringBuilder json = new StringBuilder(200);
        json.append("{\"id\":\"").append(said.id("chatcmpl-"));
        json.append("\",\"object\":\"chat.completion.chunk\",\"created\":").append(said.created());
        json.append(",\"model\":");
        Json.quote(json, said.model());
        this.head = json.append(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_sim\",")
                .toString();
    }

    @Override
    public List<SseEvent> opening() {
        String content = said.calls() > 0 && said.preface().isEmpty() ? "null" : "\"\"";
        return eachChoice("{\"role\":\"assistant\",\"content\":" + content + ",\"refusal\":null}", "null");
    }

    @Override
    public List<SseEvent> step(int step) {
        if (said.steps() == 0) {
            return List.of();
        }
        Place place = said.at(step);
        String delta = switch (place.kind()) {
            case REASONING -> "{\"reasoning_content\":" + Json.quoted(place.token()) + "}";
            case TEXT -> "{\"content\":" + Json.quoted(place.token()) + "}";
            case ARGUMENTS -> "{\"tool_calls\":[" + fragment(place) + "]}";
        };
        return eachChoice(delta, "null");
    }

    private String fragment(Place place) {
        StringBuilder json = new StringBuilder(120);
        json.append("{\"index\":").append(place.call());
        if (place.first()) {
            json.append(",\"id\":\"")
                    .append(said.id("call_"))
                    .append(place.call())
                    .append("\",\"type\":\"function\"");
        }
        json.append(",\"function\":{");
        if (place.first()) {
            json.append("\"name\":");
            Json.quote(json, ask.toolName());
            json.append(',');
        }
        json.append("\"arguments\":");
        Json.quote(json, place.token());
        return json.append("}}").toString();
    }

    @Override
    public List<SseEvent> finish() {
        return eachChoice("{}", "\"" + OpenAi.finish(said) + "\"");
    }

    @Override
    public List<SseEvent> usage() {
        Usage.Form form = said.form();
        if (!ask.includeUsage() || form == Usage.Form.MISSING || form == Usage.Form.IN_FINISH) {
            return List.of();
        }
        StringBuilder json = new StringBuilder(head);
        json.append("\"choices\":")
                .append(form == Usage.Form.NULL_CHOICES ? "null" : "[]")
                .append(',');
        OpenAi.usage(json, said.told());
        SseEvent event = SseEvent.of(json.append('}').toString());
        return form == Usage.Form.REPEATED ? List.of(event, event) : List.of(event);
    }

    @Override
    public SseEvent terminator() {
        return SseEvent.of("[DONE]");
    }

    @Override
    public List<SseEvent> content(String text) {
        return List.of(chunk(0, "{\"content\":\"" + text + "\"}", "null"));
    }

    @Override
    public SseEvent broken() {
        return SseEvent.of("{\"id\":\"chatcmpl-broken\",\"choices\":[{\"index\":0,\"delta\":{\"content\":");
    }

    @Override
    public List<SseEvent> error(ErrorText error) {
        return List.of(SseEvent.of(protocol.error(error)));
    }

    /** In a chunk with choices, as OpenRouter has it. */
    @Override
    public List<SseEvent> errorOtherwise(ErrorText error) {
        StringBuilder json = new StringBuilder(head).append("\"error\":");
        OpenAi.fields(json, error);
        return List.of(SseEvent.of(
                json.append(",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}")
                        .toString()));
    }

    private List<SseEvent> eachChoice(String delta, String finish) {
        if (ask.choices() == 1) {
            return List.of(chunk(0, delta, finish));
        }
        List<SseEvent> events = new ArrayList<>(ask.choices());
        for (int i = 0; i < ask.choices(); i++) {
            events.add(chunk(i, delta, finish));
        }
        return events;
    }

    private SseEvent chunk(int choice, String delta, String finish) {
        StringBuilder json = new StringBuilder(head.length() + delta.length() + 100);
        json.append(head)
                .append("\"choices\":[{\"index\":")
                .append(choice)
                .append(",\"delta\":")
                .append(delta);
        json.append(",\"logprobs\":null,\"finish_reason\":").append(finish).append("}]");
        boolean last = !finish.equals("null");
        if (last && said.form() == Usage.Form.IN_FINISH) {
            json.append(',');
            OpenAi.usage(json, said.usage());
        } else if (ask.includeUsage()) {
            json.append(",\"usage\":null");
        }
        return SseEvent.of(json.append('}').toString());
    }
}
