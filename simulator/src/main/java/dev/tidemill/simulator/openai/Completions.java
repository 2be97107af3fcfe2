package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Json;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.SseEvent;
import dev.tidemill.simulator.protocol.StreamScript;
import dev.tidemill.simulator.protocol.Usage;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/completions}, the older form: a prompt, and text instead of messages. */
record Completions(Protocol protocol) implements Endpoint {
    @Override
    public String name() {
        return "completions";
    }

    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return ChatRequest.read(body, "prompt");
    }

    @Override
    public byte[] whole(Ask ask, Said said) {
        StringBuilder json = new StringBuilder(400);
        json.append(head(said)).append("\"choices\":[");
        for (int i = 0; i < ask.choices(); i++) {
            json.append(i == 0 ? "" : ",").append(choice(i, said.text(), "\"" + OpenAi.finish(said) + "\""));
        }
        json.append(']');
        OpenAi.wholeUsage(json, said);
        return OpenAi.bytes(json.append('}'));
    }

    @Override
    public StreamScript stream(Ask ask, Said said) {
        return new Chunks(head(said), ask, said, protocol);
    }

    private static String head(Said said) {
        StringBuilder json = new StringBuilder(160);
        json.append("{\"id\":\"").append(said.id("cmpl-"));
        json.append("\",\"object\":\"text_completion\",\"created\":").append(said.created());
        json.append(",\"model\":");
        Json.quote(json, said.model());
        return json.append(",\"system_fingerprint\":\"fp_sim\",").toString();
    }

    private static String choice(int index, String text, String finish) {
        return "{\"index\":" + index + ",\"text\":" + Json.quoted(text) + ",\"logprobs\":null,\"finish_reason\":"
                + finish + "}";
    }

    private record Chunks(String head, Ask ask, Said said, Protocol protocol) implements StreamScript {
        @Override
        public List<SseEvent> opening() {
            return List.of();
        }

        @Override
        public List<SseEvent> step(int step) {
            List<String> tokens = said.tokens();
            return tokens.isEmpty() ? List.of() : eachChoice(tokens.get(step % tokens.size()), "null");
        }

        @Override
        public List<SseEvent> finish() {
            return eachChoice("", "\"" + OpenAi.finish(said) + "\"");
        }

        @Override
        public List<SseEvent> usage() {
            if (!ask.includeUsage() || said.form() == Usage.Form.MISSING) {
                return List.of();
            }
            StringBuilder json = new StringBuilder(head).append("\"choices\":[],");
            OpenAi.usage(json, said.told());
            SseEvent event = SseEvent.of(json.append('}').toString());
            return said.form() == Usage.Form.REPEATED ? List.of(event, event) : List.of(event);
        }

        @Override
        public SseEvent terminator() {
            return SseEvent.of("[DONE]");
        }

        @Override
        public List<SseEvent> content(String text) {
            return List.of(chunk(0, text, "null"));
        }

        @Override
        public SseEvent broken() {
            return SseEvent.of("{\"id\":\"cmpl-broken\",\"choices\":[{\"index\":0,\"text\":");
        }

        @Override
        public List<SseEvent> error(ErrorText error) {
            return List.of(SseEvent.of(protocol.error(error)));
        }

        private List<SseEvent> eachChoice(String text, String finish) {
            List<SseEvent> events = new ArrayList<>(ask.choices());
            for (int i = 0; i < ask.choices(); i++) {
                events.add(chunk(i, text, finish));
            }
            return events;
        }

        private SseEvent chunk(int index, String text, String finish) {
            String usage = ask.includeUsage() ? ",\"usage\":null}" : "}";
            return SseEvent.of(head + "\"choices\":[" + choice(index, text, finish) + "]" + usage);
        }
    }
}
