package dev.tidemill.server.endpoint;

import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.ServiceException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * In pages, from a name forwards or backwards. A name that is gone since the page before is as good as one that is there.
 *
 * @see <a href="https://docs.claude.com/en/api/models-list">Anthropic, list models</a>
 */
record AnthropicModels(Instant started) implements ModelForm {
    private static final int USUAL = 20;
    private static final int MOST = 1000;

    @Override
    public ObjectNode list(List<String> names, Call call) throws ServiceException {
        int limit = ModelForm.number(call, "limit", USUAL, 1, MOST);
        String after = call.query("after_id");
        String before = call.query("before_id");
        if (after != null && before != null) {
            throw ModelForm.invalid("before_id", before, "either after_id or before_id");
        }
        int from = after == null ? 0 : ModelForm.after(names, after);
        int to = names.size();
        if (before != null) {
            int next = ModelForm.after(names, before);
            to = next > 0 && names.get(next - 1).equals(before) ? next - 1 : next;
            from = Math.max(0, to - limit);
        } else {
            to = Math.min(to, from + limit);
        }
        ObjectNode page = JSON.createObjectNode();
        ArrayNode data = page.putArray("data");
        names.subList(from, to).forEach(name -> data.add(one(name)));
        page.put("has_more", before == null ? to < names.size() : from > 0);
        page.put("first_id", from < to ? names.get(from) : null);
        page.put("last_id", from < to ? names.get(to - 1) : null);
        return page;
    }

    @Override
    public ObjectNode one(String name) {
        ObjectNode model = JSON.createObjectNode();
        model.put("type", "model");
        model.put("id", name);
        model.put("display_name", name);
        model.put("created_at", started.truncatedTo(ChronoUnit.SECONDS).toString());
        return model;
    }
}
