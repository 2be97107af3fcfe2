package dev.tidemill.simulator;

import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/completions}, the older form: a prompt, and text instead of messages. */
record OpenAiCompletions(Protocol protocol) implements Endpoint {
    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return OpenAiRequest.read(body, "prompt");
    }

    @Override
    public byte[] whole(Ask ask, Said said, Faults faults) {
        StringBuilder json = new StringBuilder(400);
        json.append(head(ask, said, faults)).append("\"choices\":[");
        for (int i = 0; i < ask.choices(); i++) {
            json.append(i == 0 ? "" : ",").append(choice(i, said.text(), "\"" + OpenAiChat.finish(said) + "\""));
        }
        json.append(']');
        OpenAi.wholeUsage(json, said.usage(), faults);
        return OpenAi.bytes(json.append('}'));
    }

    @Override
    public StreamScript stream(Ask ask, Said said, Faults faults) {
        return new Chunks(head(ask, said, faults), ask, said, faults, protocol);
    }

    private static String head(Ask ask, Said said, Faults faults) {
        StringBuilder json = new StringBuilder(160);
        json.append("{\"id\":\"").append(OpenAi.id("cmpl-", said));
        json.append("\",\"object\":\"text_completion\",\"created\":").append(said.created());
        json.append(",\"model\":");
        Json.quote(json, OpenAi.model(ask, faults));
        return json.append(",\"system_fingerprint\":\"fp_sim\",").toString();
    }

    private static String choice(int index, String text, String finish) {
        return "{\"index\":" + index + ",\"text\":" + Json.quoted(text) + ",\"logprobs\":null,\"finish_reason\":"
                + finish + "}";
    }

    private record Chunks(String head, Ask ask, Said said, Faults faults, Protocol protocol) implements StreamScript {
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
            return eachChoice("", "\"" + OpenAiChat.finish(said) + "\"");
        }

        @Override
        public List<SseEvent> usage() {
            if (!ask.includeUsage() || Usage.form(faults).equals("missing")) {
                return List.of();
            }
            StringBuilder json = new StringBuilder(head).append("\"choices\":[],");
            OpenAi.usage(json, said.usage().told(faults));
            SseEvent event = SseEvent.of(json.append('}').toString());
            return Usage.form(faults).equals("repeated") ? List.of(event, event) : List.of(event);
        }

        @Override
        public SseEvent terminator() {
            return SseEvent.of("[DONE]");
        }

        @Override
        public SseEvent content(String text) {
            return chunk(0, text, "null");
        }

        @Override
        public SseEvent error(ErrorText error) {
            return SseEvent.of(protocol.error(error));
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
