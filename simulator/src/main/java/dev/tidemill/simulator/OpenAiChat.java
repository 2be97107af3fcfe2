package dev.tidemill.simulator;

/** {@code POST /v1/chat/completions}. */
record OpenAiChat(Protocol protocol) implements Endpoint {
    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return OpenAiRequest.read(body, "messages");
    }

    @Override
    public byte[] whole(Ask ask, Said said, Faults faults) {
        StringBuilder json = new StringBuilder(640);
        json.append("{\"id\":\"").append(OpenAi.id("chatcmpl-", said));
        json.append("\",\"object\":\"chat.completion\",\"created\":").append(said.created());
        json.append(",\"model\":");
        Json.quote(json, OpenAi.model(ask, faults));
        json.append(",\"choices\":[");
        for (int i = 0; i < ask.choices(); i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"index\":")
                    .append(i)
                    .append(",\"message\":{\"role\":\"assistant\",");
            message(json, ask, said);
            json.append("},\"logprobs\":null,\"finish_reason\":\"")
                    .append(finish(said))
                    .append("\"}");
        }
        json.append(']');
        OpenAi.wholeUsage(json, said.usage(), faults);
        return OpenAi.bytes(json.append(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_sim\"}"));
    }

    @Override
    public StreamScript stream(Ask ask, Said said, Faults faults) {
        return new OpenAiChatStream(ask, said, faults, protocol);
    }

    static String finish(Said said) {
        if (said.cut()) {
            return "length";
        }
        return said.calls() > 0 ? "tool_calls" : "stop";
    }

    private static void message(StringBuilder json, Ask ask, Said said) {
        if (said.calls() == 0) {
            json.append("\"content\":");
            Json.quote(json, said.text());
        } else {
            json.append("\"content\":null,\"tool_calls\":[");
            for (int call = 0; call < said.calls(); call++) {
                json.append(call == 0 ? "{\"id\":\"" : ",{\"id\":\"")
                        .append(OpenAi.id("call_", said))
                        .append(call);
                json.append("\",\"type\":\"function\",\"function\":{\"name\":");
                Json.quote(json, ask.tool() == null ? "" : ask.tool());
                json.append(",\"arguments\":");
                Json.quote(json, said.text());
                json.append("}}");
            }
            json.append(']');
        }
        json.append(",\"refusal\":null");
        if (!said.reasoning().isEmpty()) {
            json.append(",\"reasoning_content\":");
            Json.quote(json, String.join("", said.reasoning()));
        }
    }
}
