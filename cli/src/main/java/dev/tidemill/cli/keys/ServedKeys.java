package dev.tidemill.cli.keys;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.api.Api;
import dev.tidemill.core.key.Key;
import dev.tidemill.core.key.KeySecret;
import dev.tidemill.server.admin.KeyDesk;
import dev.tidemill.server.admin.KeyJson;
import dev.tidemill.server.admin.KeyRequest;
import dev.tidemill.store.AdminAccess;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Keys through the running server's admin port. */
public final class ServedKeys implements KeyDesk, AutoCloseable {
    private final Api api;

    public ServedKeys(AdminAccess access) {
        this.api = new Api(access.url(), access.token());
    }

    private interface Request {
        JsonNode send() throws CommandFailed, InterruptedException;
    }

    @Override
    public KeySecret create(KeyRequest request) throws IOException {
        return new KeySecret(send(() -> api.post("/admin/keys", KeyJson.of(request)))
                .path("key")
                .asString(""));
    }

    @Override
    public List<Key> list() throws IOException {
        List<Key> keys = new ArrayList<>();
        for (JsonNode key : send(() -> api.get("/admin/keys")).path("keys")) {
            keys.add(KeyJson.key(key));
        }
        return keys;
    }

    @Override
    public int revoke(String idOrName) throws IOException {
        String segment = URLEncoder.encode(idOrName, StandardCharsets.UTF_8).replace("+", "%20");
        return send(() -> api.delete("/admin/keys/" + segment)).path("revoked").asInt(0);
    }

    private static JsonNode send(Request request) throws IOException {
        try {
            return request.send();
        } catch (CommandFailed e) {
            throw new IOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }

    @Override
    public void close() {
        api.close();
    }
}
