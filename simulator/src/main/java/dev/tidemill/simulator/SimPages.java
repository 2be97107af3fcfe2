package dev.tidemill.simulator;

import dev.tidemill.simulator.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** The simulator's own pages under {@code /sim/}: what it has counted and seen, a way to begin anew, and one to change the scenario. They are not counted. */
final class SimPages {
    private final Counters counters;
    private final Recorder recorder;
    private final Consumer<Scenario> stage;

    SimPages(Counters counters, Recorder recorder, Consumer<Scenario> stage) {
        this.counters = counters;
        this.recorder = recorder;
        this.stage = stage;
    }

    boolean show(Request request, Answer answer) throws IOException {
        String page = request.head().method() + " " + request.head().path();
        switch (page) {
            case "GET /sim/counts" -> json(answer, 200, counters.now().json());
            case "GET /sim/requests" -> json(answer, 200, requests(recorder.all()));
            case "POST /sim/reset" -> {
                counters.reset();
                recorder.clear();
                json(answer, 200, counters.now().json());
            }
            case "POST /sim/scenario" -> play(request.body(), answer);
            default ->
                json(
                        answer,
                        404,
                        "{\"error\":"
                                + Json.quoted(
                                        page
                                                + " (expected: GET /sim/counts, GET /sim/requests, POST /sim/reset, POST /sim/scenario)")
                                + "}\n");
        }
        return answer.keepsAlive();
    }

    private void play(byte[] yaml, Answer answer) throws IOException {
        try {
            stage.accept(ScenarioFile.parse("scenario", yaml));
            json(answer, 200, "{\"playing\":true}\n");
        } catch (BadScenario bad) {
            json(answer, 400, "{\"error\":" + Json.quoted(String.valueOf(bad.getMessage())) + "}\n");
        }
    }

    private static void json(Answer answer, int status, String body) throws IOException {
        answer.whole(status, "application/json", "", body.getBytes(StandardCharsets.UTF_8));
    }

    private static String requests(List<SeenRequest> seen) {
        StringBuilder json = new StringBuilder("[");
        for (SeenRequest request : seen) {
            json.append(json.length() == 1 ? "{\"connection\":" : ",\n{\"connection\":")
                    .append(request.connection());
            json.append(",\"head\":");
            Json.quote(json, request.head());
            json.append(",\"body\":");
            Json.quote(json, request.text());
            json.append('}');
        }
        return json.append("]\n").toString();
    }
}
