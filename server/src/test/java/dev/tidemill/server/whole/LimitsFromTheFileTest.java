package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Limits of models and providers as the file has them, edited while the server runs. */
@Timeout(120)
class LimitsFromTheFileTest {
    @TempDir
    Path folder;

    private static void edit(Node node, String from, String to) throws IOException {
        Path file = node.folder.resolve("tidemill.yaml");
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
        try (Wire admin = new Wire(node.admin())) {
            assertThat(admin.ask(
                                    "POST",
                                    "/admin/configuration",
                                    node.adminAccess().token(),
                                    null)
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aModelsLimitIsInForceAndSoIsItsEdit() throws Exception {
        try (Node node =
                Node.start(folder, "", "", "  limited: { targets: [{ provider: sim }], limits: { rpm: 2 } }")) {
            String one = node.key("one");
            String other = node.key("other");
            String chat = Node.chat("limited", "Hi", false);
            assertThat(node.ask("POST", "/v1/chat/completions", one, chat).status())
                    .isEqualTo(200);
            assertThat(node.ask("POST", "/v1/chat/completions", other, chat).status())
                    .isEqualTo(200);
            Answer refused = node.ask("POST", "/v1/chat/completions", one, chat);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.error("code")).isEqualTo("rate_limit_exceeded");
            assertThat(refused.error("message")).startsWith("the model 'limited' has reached its limit of 2 requests");

            edit(node, "rpm: 2", "rpm: 20");
            assertThat(node.ask("POST", "/v1/chat/completions", one, chat).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void theHighestLimitsThereMayBeLetRequestsIn() throws Exception {
        String most = "rpm: 10000000000, tpm: 10000000000, concurrency: 10000000000";
        try (Node node = Node.start(
                folder,
                "",
                ", limits: { " + most + " }",
                "  limited: { targets: [{ provider: sim }], limits: { " + most + " } }")) {
            String key = node.key("one", ",\"rpm\":10000000000,\"tpm\":10000000000,\"concurrency\":10000000000");
            for (int i = 0; i < 3; i++) {
                Answer answer = node.ask("POST", "/v1/chat/completions", key, Node.chat("limited", "Hi", false));
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("x-ratelimit-limit-tokens")).isEqualTo("10000000000");
            }
        }
    }

    @Test
    void aProvidersLimitIsInForceAndSoIsItsEdit() throws Exception {
        try (Node node = Node.start(folder, "", ", limits: { rpm: 2 }", "")) {
            String key = node.key("one");
            String chat = Node.chat("gpt-test", "Hi", false);
            for (int i = 0; i < 2; i++) {
                assertThat(node.ask("POST", "/v1/chat/completions", key, chat).status())
                        .isEqualTo(200);
            }
            Answer refused = node.ask("POST", "/v1/chat/completions", key, Node.chat("other", "Hi", false));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.error("code")).isEqualTo("upstream_rate_limited");
            assertThat(refused.header("retry-after")).matches("30|29");

            edit(node, "rpm: 2", "rpm: 20");
            assertThat(node.ask("POST", "/v1/chat/completions", key, chat).status())
                    .isEqualTo(200);
        }
    }
}
