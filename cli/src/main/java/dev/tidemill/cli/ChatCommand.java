package dev.tidemill.cli;

import dev.tidemill.cli.api.Access;
import dev.tidemill.cli.api.Api;
import dev.tidemill.cli.api.StreamedChat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "chat",
        description = "Streams one answer; time to first token and tokens a second go to standard error.")
final class ChatCommand implements Callable<Integer> {
    @Mixin
    private final Access access = new Access();

    @Option(names = "--model", paramLabel = "M", description = "Left out: the first that the relay lists for this key.")
    private @Nullable String model;

    @Option(names = "--json", description = "One JSON object instead of text.")
    private boolean json;

    @Parameters(arity = "1..*", paramLabel = "TEXT", description = "What to ask.")
    private List<String> words = List.of();

    private boolean shown;

    @Mixin
    final HelpOption help = new HelpOption();

    @Override
    public Integer call() throws CommandFailed, InterruptedException {
        try (Api api = access.open()) {
            String asked = model == null ? firstModel(api) : model;
            StreamedChat chat;
            try {
                chat = StreamedChat.run(api, asked, String.join(" ", words), this::show);
            } finally {
                if (shown) {
                    System.out.println();
                }
            }
            if (json) {
                System.out.println(Api.JSON
                        .createObjectNode()
                        .put("model", asked)
                        .put("text", chat.text())
                        .put("ttft_ms", chat.ttftNanos() / 1_000_000)
                        .put("input_tokens", chat.inputTokens())
                        .put("output_tokens", chat.outputTokens())
                        .put("tokens_per_second", Math.round(chat.tokensPerSecond() * 10) / 10.0));
            } else {
                System.err.println(chat.summary());
            }
        }
        return Exit.DONE;
    }

    private void show(String piece) {
        if (!json) {
            shown = true;
            System.out.print(piece);
            System.out.flush();
        }
    }

    private static String firstModel(Api api) throws CommandFailed, InterruptedException {
        JsonNode models = api.get("/v1/models").path("data");
        if (models.isEmpty()) {
            throw CommandFailed.usage(
                    "no --model, and the relay lists none by name (expected: --model, as openai/gpt-4o-mini)");
        }
        return models.path(0).path("id").asString("");
    }
}
