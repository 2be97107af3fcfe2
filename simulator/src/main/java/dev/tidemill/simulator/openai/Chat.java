package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.StreamScript;

/** {@code POST /v1/chat/completions}. */
record Chat(Protocol protocol) implements Endpoint {
    @Override
    public String name() {
        return "chat";
    }

    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return ChatRequest.read(body, "messages");
    }

    @Override
    public byte[] whole(Ask ask, Said said) {
        StringBuilder json = new StringBuilder(640);
        json.append("{\"id\":\"").append(said.id("chatcmpl-"));
        json.append("\",\"object\":\"chat.completion\",\"created\":").append(said.created());
        json.append(",\"model\":");
        Json.quote(json, said.model());
        json.append(",\"choices\":[");
        for (int i = 0; i < ask.choices(); i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"index\":")
                    .append(i)
                    .append(",\"message\":{\"role\":\"assistant\",");
            message(json, ask, said);
            json.append("},\"logprobs\":null,\"finish_reason\":\"")
                    .append(OpenAi.finish(said))
                    .append("\"}");
        }
        json.append(']');
        OpenAi.wholeUsage(json, said);
        return OpenAi.bytes(json.append(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_sim\"}"));
    }

    @Override
    public StreamScript stream(Ask ask, Said said) {
        return new ChatStream(ask, said, protocol);
    }

    private static void message(StringBuilder json, Ask ask, Said said) {
        if (said.calls() == 0) {
            json.append("\"content\":");
            Json.quote(json, said.text());
        } else {
            json.append("\"content\":");
            json.append(said.preface().isEmpty() ? "null" : Json.quoted(said.prefaceText()));
            json.append(",\"tool_calls\":[");
            for (int call = 0; call < said.calls(); call++) {
                json.append(call == 0 ? "{\"id\":\"" : ",{\"id\":\"")
                        .append(said.id("call_"))
                        .append(call);
                json.append("\",\"type\":\"function\",\"function\":{\"name\":");
                Json.quote(json, ask.toolName());
                json.append(",\"arguments\":");
                Json.quote(json, said.text());
                json.append("}}");
            }
            json.append(']');
        }
        json.append(",\"refusal\":null");
        if (!said.reasoning().isEmpty()) {
            json.append(",\"reasoning_content\":");
            Json.quote(json, said.thoughts());
        }
    }
}
