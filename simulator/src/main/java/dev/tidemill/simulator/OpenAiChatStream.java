package dev.tidemill.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * The chunks of a streamed chat completion: role, reasoning, content or tool fragments, finish, usage where asked for, {@code [DONE]}.
 * With several choices each step has one chunk for each.
 */
final class OpenAiChatStream implements StreamScript {
    private final Ask ask;
    private final Said said;
    private final Faults faults;
    private final Protocol protocol;
    private final String head;

    OpenAiChatStream(Ask ask, Said said, Faults faults, Protocol protocol) {
        this.ask = ask;
        this.said = said;
        this.faults = faults;
        this.protocol = protocol;
        StringBuilder json = new StringBuilder(200);
        json.append("{\"id\":\"").append(OpenAi.id("chatcmpl-", said));
        json.append("\",\"object\":\"chat.completion.chunk\",\"created\":").append(said.created());
        json.append(",\"model\":");
        Json.quote(json, OpenAi.model(ask, faults));
        this.head = json.append(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_sim\",")
                .toString();
    }

    @Override
    public List<SseEvent> opening() {
        String content = said.calls() > 0 ? "null" : "\"\"";
        return eachChoice("{\"role\":\"assistant\",\"content\":" + content + ",\"refusal\":null}", "null");
    }

    @Override
    public List<SseEvent> step(int step) {
        int steps = said.steps();
        int at = steps == 0 ? 0 : step % steps;
        int reasoning = said.reasoning().size();
        if (at < reasoning) {
            return eachChoice(
                    "{\"reasoning_content\":" + Json.quoted(said.reasoning().get(at)) + "}", "null");
        }
        if (said.tokens().isEmpty()) {
            return List.of();
        }
        int own = at - reasoning;
        String token = said.tokens().get(own % said.tokens().size());
        if (said.calls() == 0) {
            return eachChoice("{\"content\":" + Json.quoted(token) + "}", "null");
        }
        int call = own / said.tokens().size();
        return eachChoice(
                "{\"tool_calls\":[" + fragment(call, own % said.tokens().size() == 0, token) + "]}", "null");
    }

    private String fragment(int call, boolean first, String token) {
        StringBuilder json = new StringBuilder(120);
        json.append("{\"index\":").append(call);
        if (first) {
            json.append(",\"id\":\"")
                    .append(OpenAi.id("call_", said))
                    .append(call)
                    .append("\",\"type\":\"function\"");
        }
        json.append(",\"function\":{");
        if (first) {
            json.append("\"name\":");
            Json.quote(json, ask.tool() == null ? "" : ask.tool());
            json.append(',');
        }
        json.append("\"arguments\":");
        Json.quote(json, token);
        return json.append("}}").toString();
    }

    @Override
    public List<SseEvent> finish() {
        return eachChoice("{}", "\"" + OpenAiChat.finish(said) + "\"");
    }

    @Override
    public List<SseEvent> usage() {
        String form = Usage.form(faults);
        if (!ask.includeUsage() || form.equals("missing") || form.equals("in-finish")) {
            return List.of();
        }
        StringBuilder json = new StringBuilder(head);
        json.append("\"choices\":")
                .append(form.equals("null-choices") ? "null" : "[]")
                .append(',');
        OpenAi.usage(json, said.usage().told(faults));
        SseEvent event = SseEvent.of(json.append('}').toString());
        return form.equals("repeated") ? List.of(event, event) : List.of(event);
    }

    @Override
    public SseEvent terminator() {
        return SseEvent.of("[DONE]");
    }

    @Override
    public SseEvent content(String text) {
        return chunk(0, "{\"content\":\"" + text + "\"}", "null");
    }

    @Override
    public SseEvent error(ErrorText error) {
        return SseEvent.of(protocol.error(error));
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
        if (last && Usage.form(faults).equals("in-finish")) {
            json.append(',');
            OpenAi.usage(json, said.usage());
        } else if (ask.includeUsage()) {
            json.append(",\"usage\":null");
        }
        return SseEvent.of(json.append('}').toString());
    }
}
