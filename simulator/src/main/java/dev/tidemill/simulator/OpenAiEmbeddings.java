package dev.tidemill.simulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.SplittableRandom;

/** {@code POST /v1/embeddings}: unit vectors, the same for the same text. Never streamed. */
record OpenAiEmbeddings(Protocol protocol) implements Endpoint {
    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        Ask ask = OpenAiRequest.read(body, "input");
        if (ask.inputs().isEmpty()) {
            throw new BadRequest(400, "Invalid 'input': empty (expected: at least one text).");
        }
        return ask;
    }

    @Override
    public byte[] whole(Ask ask, Said said, Faults faults) {
        StringBuilder json = new StringBuilder(ask.inputs().size() * ask.dimensions() * 10 + 200);
        json.append("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < ask.inputs().size(); i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"object\":\"embedding\",\"index\":")
                    .append(i)
                    .append(",\"embedding\":");
            vector(json, ask.inputs().get(i), ask.dimensions(), ask.base64());
            json.append('}');
        }
        json.append("],\"model\":");
        Json.quote(json, OpenAi.model(ask, faults));
        if (!Usage.form(faults).equals("missing")) {
            long tokens = new Usage(ask.promptTokens(), 0, 0).told(faults).prompt();
            json.append(",\"usage\":{\"prompt_tokens\":")
                    .append(tokens)
                    .append(",\"total_tokens\":")
                    .append(tokens)
                    .append('}');
        }
        return OpenAi.bytes(json.append('}'));
    }

    @Override
    public StreamScript stream(Ask ask, Said said, Faults faults) {
        throw new IllegalStateException("embeddings are not streamed");
    }

    @Override
    public boolean generates() {
        return false;
    }

    private static void vector(StringBuilder json, String text, int dimensions, boolean base64) {
        SplittableRandom random = new SplittableRandom(text.hashCode());
        float[] values = new float[dimensions];
        double sum = 0;
        for (int i = 0; i < dimensions; i++) {
            values[i] = (float) (random.nextDouble() * 2 - 1);
            sum += values[i] * values[i];
        }
        float length = (float) Math.max(1e-9, Math.sqrt(sum));
        if (base64) {
            ByteBuffer bytes = ByteBuffer.allocate(dimensions * 4).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : values) {
                bytes.putFloat(value / length);
            }
            json.append('"')
                    .append(Base64.getEncoder().encodeToString(bytes.array()))
                    .append('"');
            return;
        }
        for (int i = 0; i < dimensions; i++) {
            json.append(i == 0 ? "[" : ",").append(values[i] / length);
        }
        json.append(']');
    }
}
