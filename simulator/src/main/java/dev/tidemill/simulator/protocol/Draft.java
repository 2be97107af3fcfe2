package dev.tidemill.simulator.protocol;

import dev.tidemill.simulator.text.Tokens;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An {@link Ask} while its request is being read: fields to set, and turns and tools to add in their order. */
public final class Draft {
    private static final int KEPT = 16_384;
    private static final int OVERHEAD = 3;
    private static final int MOST_FIELDS = 64;
    private static final int MOST_INPUTS = 2_048;

    public String model = "";
    public boolean stream;
    public boolean includeUsage;
    public int choices = 1;
    public int maxTokens = -1;
    public int dimensions = 256;
    public boolean base64;
    public @Nullable String previous;
    public boolean store;
    public boolean background;

    private final StringBuilder instructions = new StringBuilder();
    private final List<String> inputs = new ArrayList<>();
    private final List<String> toolFields = new ArrayList<>();
    private @Nullable String tool;
    private String message = "";
    private String prefill = "";
    private long tokens;
    private int turns;

    /** A message of the conversation; the last one, if the assistant's, is what the answer goes on from. */
    public void turn(String role, String text) {
        turns++;
        tokens += Tokens.count(text);
        keep(prefill);
        prefill = "";
        boolean assistant = role.equals("assistant") || role.equals("model");
        if (role.equals("user") || (message.isEmpty() && !assistant && !isInstruction(role))) {
            keep(message);
            message = text;
        } else if (assistant) {
            prefill = text;
        } else {
            keep(text);
        }
    }

    /** How many messages there are. */
    public int turns() {
        return turns;
    }

    /** A text that is asked about by itself: what a completion goes on from, or an embedding is made of. */
    public void input(String text) throws BadRequest {
        if (inputs.size() == MOST_INPUTS) {
            throw new BadRequest(400, "Invalid 'input': more than " + MOST_INPUTS + " items.");
        }
        inputs.add(text);
        tokens += Tokens.count(text);
    }

    /** Tokens that came as numbers. */
    public void tokens(int count) {
        tokens += count;
    }

    /** The inputs are the message. */
    public void inputsAreTheMessage() {
        message = String.join("\n", inputs);
    }

    /** A tool; the first one is that which may be called. True when it is the first, and its fields are to follow. */
    public boolean tool(String name) {
        if (tool != null) {
            return false;
        }
        tool = name;
        return true;
    }

    /** A parameter of the first tool. */
    public void toolField(String name) {
        if (toolFields.size() < MOST_FIELDS) {
            toolFields.add(name);
        }
    }

    /** What has been read. */
    public Ask ask() {
        return new Ask(
                model,
                stream,
                includeUsage,
                choices,
                maxTokens,
                instructions.toString(),
                message,
                prefill,
                List.copyOf(inputs),
                dimensions,
                base64,
                tool,
                List.copyOf(toolFields),
                tokens + (long) turns * OVERHEAD,
                previous,
                store,
                background);
    }

    private static boolean isInstruction(String role) {
        return role.equals("system") || role.equals("developer");
    }

    private void keep(CharSequence earlier) {
        int room = KEPT - instructions.length();
        if (room > 0 && !earlier.isEmpty()) {
            instructions.append(earlier, 0, Math.min(room, earlier.length())).append('\n');
        }
    }
}
