package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Simulator;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two equal targets: what belongs together goes to the one that has it in its cache. */
class AffinityTest {
    private static final int CONVERSATIONS = 8;

    private RelayFixture fixture;
    private Simulator other;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
        other = Simulator.start(Behaviour.plain(), 0);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
        other.close();
    }

    private void route(Protocol protocol) {
        Provider one = provider("one", protocol, fixture.simulator);
        Provider two = provider("two", protocol, other);
        fixture.directory.routes(new Routes(
                2,
                List.of(one, two),
                List.of(new Model(
                        "m",
                        List.of(new Target(one, "sim", "", 1, 1, false, 0), new Target(two, "sim", "", 1, 1, false, 0)),
                        Policy.DEFAULT))));
    }

    private static Provider provider(String name, Protocol protocol, Simulator at) {
        return new Provider(
                name,
                protocol,
                URI.create(at.origin() + (protocol == Protocol.GEMINI ? "/v1beta" : "/v1")),
                List.of("sk-" + name),
                Map.of(),
                null,
                null,
                Provider.StreamUsage.ASK);
    }

    /** What {@code %s} stands for in each body is a conversation that grows, so long in all that a provider caches it. */
    private void staysTogether(String path, String body, String turn) throws Exception {
        Set<String> used = new HashSet<>();
        for (int i = 0; i < CONVERSATIONS; i++) {
            Set<String> targets = new HashSet<>();
            String turns = String.format(turn, "Conversation " + i + ". " + "The tide turns. ".repeat(300));
            for (int j = 0; j < 5; j++) {
                targets.add(asked(path, String.format(body, turns)));
                turns += "," + String.format(turn, "and again " + j);
            }
            assertThat(targets).as("conversation " + i).hasSize(1);
            used.addAll(targets);
        }
        assertThat(used).hasSize(2);
    }

    private String asked(String path, String body) throws Exception {
        try (HttpClient client = fixture.client()) {
            Answer answer = client.ask(fixture.post(path, body));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            return String.valueOf(answer.header("x-tidemill-target"));
        }
    }

    @Test
    void aConversationBehindAShortSystemPromptStaysWhereItIs() throws Exception {
        route(Protocol.ANTHROPIC);
        staysTogether(
                "/v1/messages",
                "{\"model\":\"m\",\"max_tokens\":9,\"system\":\"Be brief\",\"messages\":[%s]}",
                "{\"role\":\"user\",\"content\":\"%s\"}");
        route(Protocol.GEMINI);
        staysTogether(
                "/v1beta/models/m:generateContent",
                "{\"systemInstruction\":{\"parts\":[{\"text\":\"Be brief\"}]},\"contents\":[%s]}",
                "{\"role\":\"user\",\"parts\":[{\"text\":\"%s\"}]}");
        route(Protocol.OPENAI);
        staysTogether(
                "/v1/responses",
                "{\"model\":\"m\",\"store\":false,\"instructions\":\"Be brief\",\"input\":[%s]}",
                "{\"role\":\"user\",\"content\":\"%s\"}");
    }

    @Test
    void whatTheClientSaysBelongsTogetherDoesHoweverShortItIs() throws Exception {
        route(Protocol.OPENAI);
        for (String path : List.of("/v1/chat/completions", "/v1/responses")) {
            String field = path.endsWith("responses") ? "\"store\":false,\"input\"" : "\"messages\"";
            Set<String> used = new HashSet<>();
            for (int i = 0; i < CONVERSATIONS; i++) {
                Set<String> targets = new HashSet<>();
                for (int j = 0; j < 5; j++) {
                    targets.add(asked(
                            path,
                            "{\"model\":\"m\",\"prompt_cache_key\":\"session-" + i + "\"," + field
                                    + ":[{\"role\":\"user\",\"content\":\"" + j + "\"}]}"));
                }
                assertThat(targets).as("session " + i).hasSize(1);
                used.addAll(targets);
            }
            assertThat(used).hasSize(2);
        }
    }
}
