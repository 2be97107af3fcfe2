package dev.tidemill.relay.exchange;

import dev.tidemill.core.response.ResponseRecord;
import dev.tidemill.relay.service.Percent;
import dev.tidemill.wire.http.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Paths below {@code /v1/responses/}. The id in them goes into a path at the provider, so it has none but these characters:
 * letters, digits and {@code -_.~:=+@}, and is no step to another folder.
 */
final class StoredAddress {
    static final String BEFORE = "/v1/responses/";

    private static final String MARKS = "-_.~:=+@";
    private static final String CANCEL = "/cancel";
    private static final String INPUT_ITEMS = "/input_items";

    /** Parameters of the API. */
    private static final Set<String> PASSED = Set.of(
            "include", "include[]", "stream", "starting_after", "include_obfuscation", "after", "limit", "order");

    private StoredAddress() {}

    static @Nullable Address of(Method method, String path, String query) {
        String rest = path.substring(BEFORE.length());
        Endpoint endpoint;
        if (rest.endsWith(CANCEL)) {
            endpoint = Endpoint.CANCEL_RESPONSE;
            rest = rest.substring(0, rest.length() - CANCEL.length());
        } else if (rest.endsWith(INPUT_ITEMS)) {
            endpoint = Endpoint.RESPONSE_INPUT_ITEMS;
            rest = rest.substring(0, rest.length() - INPUT_ITEMS.length());
        } else {
            endpoint = method == Method.DELETE ? Endpoint.DELETE_RESPONSE : Endpoint.RETRIEVE_RESPONSE;
        }
        String id = Percent.decode(rest);
        if (id == null || !plain(id)) {
            return null;
        }
        String passed = query.isEmpty() ? "" : Percent.only(query, PASSED);
        return new Address(endpoint, "", id, passed.isEmpty() ? "" : "?" + passed);
    }

    private static boolean plain(String id) {
        return !id.isEmpty()
                && id.length() <= ResponseRecord.MAX_ID
                && !id.equals(".")
                && !id.equals("..")
                && id.chars().allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || MARKS.indexOf(c) >= 0));
    }
}
