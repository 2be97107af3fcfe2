package dev.tidemill.simulator.openai;

import dev.tidemill.simulator.protocol.Ask;
import dev.tidemill.simulator.protocol.BadRequest;
import dev.tidemill.simulator.protocol.Endpoint;
import dev.tidemill.simulator.protocol.ErrorText;
import dev.tidemill.simulator.protocol.Page;
import dev.tidemill.simulator.protocol.Protocol;
import dev.tidemill.simulator.protocol.RequestHead;
import dev.tidemill.simulator.protocol.Said;
import dev.tidemill.simulator.protocol.StreamScript;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/responses}, and what is done with a response by its id. */
record Responses(Protocol protocol, StoredResponses stored) implements Endpoint {
    static final String PATH = "/v1/responses";
    private static final String CANCEL = "/cancel";

    @Override
    public String name() {
        return "responses";
    }

    @Override
    public Ask read(RequestHead head, byte[] body) throws BadRequest {
        return ResponsesRequest.read(body, stored);
    }

    @Override
    public byte[] whole(Ask ask, Said said) {
        ResponseObject response = new ResponseObject(stored.nextId(), ask, said);
        String json = response.ended(OutputItem.all(ask, said));
        if (ask.store()) {
            long tokens = said.usage().total();
            stored.put(response.id(), new StoredResponses.Stored(json, null, ask.background(), tokens));
        }
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public StreamScript stream(Ask ask, Said said) {
        return new ResponsesStream(ask, said, stored);
    }

    /** {@code GET} and {@code DELETE /v1/responses/ID}, {@code POST /v1/responses/ID/cancel}; null for any other path. */
    @Nullable
    Page page(RequestHead head) {
        if (!head.path().startsWith(PATH + "/")) {
            return null;
        }
        String id = head.path().substring(PATH.length() + 1);
        if (head.method().equals("POST") && id.endsWith(CANCEL)) {
            return cancel(id.substring(0, id.length() - CANCEL.length()));
        }
        return switch (head.method()) {
            case "GET" -> shown(id, stored.find(id));
            case "DELETE" -> deleted(id);
            default -> null;
        };
    }

    private Page deleted(String id) {
        return stored.remove(id) == null
                ? unknown(id)
                : Page.of("{\"id\":\"" + id + "\",\"object\":\"response\",\"deleted\":true}");
    }

    private Page cancel(String id) {
        StoredResponses.Stored known = stored.cancel(id);
        if (known != null && !known.background()) {
            return refused(ErrorText.of(400, "Cannot cancel a synchronous response."));
        }
        return shown(id, known);
    }

    private Page shown(String id, StoredResponses.@Nullable Stored response) {
        return response == null ? unknown(id) : Page.of(response.json());
    }

    private Page unknown(String id) {
        return refused(new ErrorText(404, "", "", "Response with id '" + id + "' not found."));
    }

    private Page refused(ErrorText error) {
        return new Page(error.status(), protocol.error(error));
    }
}
