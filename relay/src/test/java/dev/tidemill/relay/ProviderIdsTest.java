package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.core.route.Model;
import dev.tidemill.core.route.Policy;
import dev.tidemill.core.route.Protocol;
import dev.tidemill.core.route.Provider;
import dev.tidemill.core.route.Routes;
import dev.tidemill.core.route.Target;
import dev.tidemill.relay.HttpClient.Answer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request that names what is stored at the provider, where all callers share one account. */
class ProviderIdsTest {
    /** What names something, in each API. */
    enum Naming {
        CHAT_FILE(
                Protocol.OPENAI,
                "/v1/chat/completions",
                "file_id",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":"
                        + "{\"file_id\":\"file-1\"}}]}]}"),
        CHAT_AUDIO(
                Protocol.OPENAI,
                "/v1/chat/completions",
                "audio.id",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"assistant\",\"audio\":{\"id\":\"audio_1\"}}]}"),
        CHAT_FILE_AS_TEXT(
                Protocol.OPENAI,
                "/v1/chat/completions",
                "fileid://",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"fileid://file-fe-1\"}]}"),
        CHAT_CACHE(
                Protocol.OPENAI,
                "/v1/chat/completions",
                "role: cache",
                "{\"model\":\"m\",\"messages\":[{\"role\":\"cache\",\"content\":\"cache_id=1\"}]}"),
        RESPONSES_ITEM(
                Protocol.OPENAI,
                "/v1/responses",
                "item_reference",
                "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":\"x\"},{\"id\":\"msg_1\"}]}"),
        RESPONSES_FILE(
                Protocol.OPENAI,
                "/v1/responses",
                "file_id",
                "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_file\",\"file_id\":"
                        + "\"file-1\"}]}]}"),
        RESPONSES_FILE_ESCAPED(
                Protocol.OPENAI,
                "/v1/responses",
                "file_id",
                "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_file\","
                        + "\"\\u0066ile\\u005fid\":\"file-1\"}]}]}"),
        RESPONSES_VECTORS(
                Protocol.OPENAI,
                "/v1/responses",
                "vector_store_ids",
                "{\"model\":\"m\",\"input\":\"x\",\"tools\":[{\"type\":\"file_search\",\"vector_store_ids\":[\"vs_1\"]}]}"),
        RESPONSES_CONVERSATION(
                Protocol.OPENAI,
                "/v1/responses",
                "conversation",
                "{\"model\":\"m\",\"input\":\"x\",\"conversation\":\"conv_1\"}"),
        MESSAGES_FILE(
                Protocol.ANTHROPIC,
                "/v1/messages",
                "file_id",
                "{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"document\","
                        + "\"source\":{\"type\":\"file\",\"file_id\":\"file_1\"}}]}]}"),
        MESSAGES_CONTAINER(
                Protocol.ANTHROPIC,
                "/v1/messages",
                "container",
                "{\"model\":\"m\",\"max_tokens\":9,\"container\":\"container_1\",\"messages\":[{\"role\":\"user\","
                        + "\"content\":\"x\"}]}"),
        GEMINI_CACHE(
                Protocol.GEMINI,
                "/v1beta/models/m:generateContent",
                "cachedContent",
                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"x\"}]}],\"cachedContent\":\"cachedContents/1\"}"),
        GEMINI_FILE(
                Protocol.GEMINI,
                "/v1beta/models/m:generateContent",
                "fileData.fileUri",
                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"fileData\":{\"fileUri\":"
                        + "\"https://generativelanguage.googleapis.com/v1beta/files/1\"}}]}]}"),
        GEMINI_FILE_SEARCH(
                Protocol.GEMINI,
                "/v1beta/models/m:generateContent",
                "fileSearchStoreNames",
                "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"x\"}]}],\"tools\":[{\"fileSearch\":"
                        + "{\"fileSearchStoreNames\":[\"fileSearchStores/1\"]}}]}");

        private final Protocol protocol;
        private final String path;
        private final String field;
        private final String body;

        Naming(Protocol protocol, String path, String field, String body) {
            this.protocol = protocol;
            this.path = path;
            this.field = field;
            this.body = body;
        }
    }

    private RelayFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new RelayFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.atRest();
        fixture.close();
    }

    private Answer ask(Naming naming, Policy policy) throws Exception {
        URI base = URI.create(fixture.simulator.origin() + (naming.protocol == Protocol.GEMINI ? "/v1beta" : "/v1"));
        Provider provider = new Provider(
                "p", naming.protocol, base, List.of("sk-p"), Map.of(), null, null, Provider.StreamUsage.ASK);
        fixture.directory.routes(
                new Routes(2, List.of(provider), List.of(new Model("m", List.of(Target.of(provider)), policy))));
        try (HttpClient client = fixture.client()) {
            return client.ask(fixture.post(naming.path, naming.body));
        }
    }

    @ParameterizedTest
    @EnumSource
    void isRefusedBeforeAnythingIsSentAndToldWhatToDo(Naming naming) throws Exception {
        Answer answer = ask(naming, Policies.ONCE);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body())
                .contains("'" + naming.field + "'")
                .contains("expected")
                .contains("provider_ids: allow");
        if (naming.protocol == Protocol.OPENAI) {
            assertThat(answer.body())
                    .contains("\"code\":\"provider_id_refused\"")
                    .contains("\"param\":\"" + naming.field + "\"");
        }
        assertThat(fixture.simulator.requests()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void goesThroughWhereTheRouteAllowsIt(Naming naming) throws Exception {
        ask(naming, Policies.allowingProviderIds());
        assertThat(fixture.simulator.requests()).hasSize(1);
    }

    @Test
    void aToolsArgumentOfThatNameIsNoSuchThing() throws Exception {
        String schema = "{\"type\":\"object\",\"properties\":{\"file_id\":{\"type\":\"string\"}}}";
        String body =
                "{\"model\":\"m\",\"input\":\"x\",\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":"
                        + schema + "}]}";
        ask(Naming.RESPONSES_FILE, Policies.ONCE);
        try (HttpClient client = fixture.client()) {
            assertThat(client.ask(fixture.post("/v1/responses", body)).status()).isEqualTo(200);
        }
    }
}
