package dev.tidemill.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The simulator's own pages under {@code /sim/}: what it has counted and seen, and a way to begin anew. They are not counted. */
final class SimPages {
    private final Counters counters;
    private final Recorder recorder;

    SimPages(Counters counters, Recorder recorder) {
        this.counters = counters;
        this.recorder = recorder;
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
            default ->
                json(
                        answer,
                        404,
                        "{\"error\":"
                                + Json.quoted(page + " (expected: GET /sim/counts, GET /sim/requests, POST /sim/reset)")
                                + "}\n");
        }
        return answer.keepsAlive();
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
