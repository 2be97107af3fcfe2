package dev.tidemill.store.batch;

import dev.tidemill.core.key.Key;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.Route;
import dev.tidemill.relay.service.ServiceException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A call without a socket: keeps what was answered. */
final class RecordedCall implements Call {
    static final JsonMapper JSON = new JsonMapper();

    final Map<String, String> headers = new HashMap<>();
    final Map<String, String> answerHeaders = new HashMap<>();
    final ByteArrayOutputStream answered = new ByteArrayOutputStream();
    int status;
    boolean closed;

    private final String method;
    private final String path;
    private final Map<String, String> query = new HashMap<>();
    private final Map<String, String> values = new HashMap<>();
    private final Key key;
    private final InputStream body;

    RecordedCall(Key key, String method, String pathAndQuery, InputStream body) {
        this.key = key;
        this.method = method;
        String[] parts = pathAndQuery.split("\\?");
        this.path = parts[0];
        if (parts.length > 1) {
            for (String pair : parts[1].split("&")) {
                query.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            }
        }
        this.body = body;
    }

    static RecordedCall of(Key key, String method, String pathAndQuery, String body) {
        return new RecordedCall(
                key,
                method,
                pathAndQuery,
                new ByteArrayInputStream(body.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** Finds the route and runs it; a refusal becomes its status and error body, as the server does it. */
    RecordedCall through(List<Route> routes) throws IOException {
        for (Route route : routes) {
            if (route.method().equals(method) && matches(route.pattern())) {
                try {
                    route.service().handle(this);
                } catch (ServiceException e) {
                    status = e.failure().status();
                    answered.reset();
                    answered.writeBytes(JSON.writeValueAsBytes(Map.of(
                            "error",
                            Map.of(
                                    "message",
                                    e.failure().message(),
                                    "type",
                                    e.failure().kind().type(),
                                    "param",
                                    String.valueOf(e.failure().param()),
                                    "code",
                                    e.failure().code()))));
                }
                return this;
            }
        }
        throw new AssertionError("no route for " + method + " " + path);
    }

    private boolean matches(String pattern) {
        String[] wanted = pattern.split("/");
        String[] given = path.split("/");
        if (wanted.length != given.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                values.put(wanted[i].substring(1, wanted[i].length() - 1), given[i]);
            } else if (!wanted[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }

    JsonNode json() {
        return JSON.readTree(answered.toByteArray());
    }

    String text() {
        return answered.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String pathValue(String name) {
        return values.get(name);
    }

    @Override
    public String query(String name) {
        return query.get(name);
    }

    @Override
    public String header(String lowerCaseName) {
        return headers.get(lowerCaseName);
    }

    @Override
    public Key key() {
        return key;
    }

    @Override
    public String requestId() {
        return "req_test";
    }

    @Override
    public long contentLength() {
        return -1;
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public byte[] body(int limit) throws IOException {
        return body.readNBytes(limit);
    }

    @Override
    public void answer(int code, String contentType, byte[] bytes) {
        status = code;
        answerHeaders.put("content-type", contentType);
        answered.writeBytes(bytes);
        closed = true;
    }

    @Override
    public OutputStream answer(int code, Map<String, String> given, long length) {
        status = code;
        answerHeaders.putAll(given);
        return new OutputStream() {
            @Override
            public void write(int b) {
                answered.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int count) {
                answered.write(bytes, offset, count);
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }
}
