package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Each API's clients see all names that their key may use, in its form, and errors in its words. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelListsTest {
    private static final String ANTHROPIC = "anthropic-version: 2023-06-01\r\n";
    private static final List<String> CLAUDES =
            IntStream.range(0, 25).mapToObj("claude-%02d"::formatted).toList();
    private static final List<String> GEMINIS =
            IntStream.range(0, 60).mapToObj("gemini-%02d"::formatted).toList();

    private static final List<String> ALL = Stream.of(
                    Stream.of("both", "gpt", "qwen2.5:7b", "team/gemini"), CLAUDES.stream(), GEMINIS.stream())
            .flatMap(names -> names)
            .sorted()
            .toList();

    private Node node;
    private String key;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        StringBuilder sections = new StringBuilder("""
                providers:
                  o: { protocol: openai, base_url: "SIMULATOR" }
                  a: { protocol: anthropic, base_url: "SIMULATOR" }
                  g: { protocol: gemini, base_url: "SIMULATOR" }
                models:
                  gpt: { targets: [{ provider: o }] }
                  "qwen2.5:7b": { targets: [{ provider: o }] }
                  both: { targets: [{ provider: o }, { provider: a, priority: 2 }] }
                  "team/gemini": { targets: [{ provider: g }] }
                  "any-*": { targets: [{ provider: a }] }
                """);
        CLAUDES.forEach(name -> sections.append("  ").append(name).append(": { targets: [{ provider: a }] }\n"));
        GEMINIS.forEach(name -> sections.append("  ").append(name).append(": { targets: [{ provider: g }] }\n"));
        node = Node.start(folder, "", sections.toString());
        key = node.key("caller");
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private Answer ask(String path, String headers) throws Exception {
        try (Wire wire = new Wire(node.url())) {
            return wire.send("GET", path, headers.contains("x-goog") ? null : key, null, headers)
                    .read();
        }
    }

    private String google() {
        return "x-goog-api-key: " + key + "\r\n";
    }

    private static List<String> names(JsonNode list, String field) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(model -> model.path(field).asString())
                .toList();
    }

    private static List<String> with(String first, List<String> rest) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(rest);
        return all;
    }

    @Test
    void anOpenAiClientSeesAllNamesWhateverTheirTargetsSpeak() throws Exception {
        JsonNode list = ask("/v1/models", "").json();
        assertThat(list.path("object").asString()).isEqualTo("list");
        assertThat(names(list.path("data"), "id")).isEqualTo(ALL);
        JsonNode one = ask("/v1/models/qwen2.5:7b", "").json();
        assertThat(one).isEqualTo(list.path("data").get(ALL.indexOf("qwen2.5:7b")));
        assertThat(one.path("object").asString()).isEqualTo("model");
        assertThat(one.path("created").asLong()).isPositive();
    }

    @Test
    void anAnthropicClientPagesForwards() throws Exception {
        JsonNode first = ask("/v1/models", ANTHROPIC).json();
        assertThat(names(first.path("data"), "id")).isEqualTo(with("both", CLAUDES.subList(0, 19)));
        assertThat(first.path("has_more").asBoolean()).isTrue();
        assertThat(first.path("first_id").asString()).isEqualTo("both");
        assertThat(first.path("last_id").asString()).isEqualTo("claude-18");
        JsonNode next = ask("/v1/models?after_id=claude-18", ANTHROPIC).json();
        assertThat(names(next.path("data"), "id")).isEqualTo(ALL.subList(20, 40));
        assertThat(next.path("has_more").asBoolean()).isTrue();
        JsonNode end = ask("/v1/models?after_id=team/gemini", ANTHROPIC).json();
        assertThat(end.path("data")).isEmpty();
        assertThat(end.path("first_id").isNull()).isTrue();
        assertThat(end.path("last_id").isNull()).isTrue();
        assertThat(end.path("has_more").asBoolean()).isFalse();
    }

    @Test
    void anAnthropicClientPagesBackwards() throws Exception {
        JsonNode page = ask("/v1/models?before_id=claude-10&limit=3", ANTHROPIC).json();
        assertThat(names(page.path("data"), "id")).containsExactly("claude-07", "claude-08", "claude-09");
        assertThat(page.path("has_more").asBoolean()).isTrue();
        JsonNode first =
                ask("/v1/models?before_id=claude-01&limit=3", ANTHROPIC).json();
        assertThat(names(first.path("data"), "id")).containsExactly("both", "claude-00");
        assertThat(first.path("has_more").asBoolean()).isFalse();
    }

    @Test
    void aNameThatIsGoneStillMarksAPlace() throws Exception {
        assertThat(names(
                        ask("/v1/models?after_id=claude-03x&limit=1", ANTHROPIC)
                                .json()
                                .path("data"),
                        "id"))
                .containsExactly("claude-04");
        assertThat(names(
                        ask("/v1/models?before_id=claude-03x&limit=1", ANTHROPIC)
                                .json()
                                .path("data"),
                        "id"))
                .containsExactly("claude-03");
    }

    @Test
    void anAnthropicModelIsInItsForm() throws Exception {
        JsonNode model = ask("/v1/models/claude-07", ANTHROPIC).json();
        assertThat(model.propertyNames()).containsExactly("type", "id", "display_name", "created_at");
        assertThat(model.path("type").asString()).isEqualTo("model");
        assertThat(model.path("created_at").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/models", "/v1beta/models"})
    void aGeminiClientPagesByToken(String path) throws Exception {
        List<String> seen = new ArrayList<>();
        String token = "";
        int pages = 0;
        do {
            JsonNode page =
                    ask(path + "?pageSize=25&pageToken=" + token, google()).json();
            seen.addAll(names(page.path("models"), "name"));
            token = page.path("nextPageToken").asString("");
            pages++;
        } while (!token.isEmpty());
        assertThat(seen).isEqualTo(ALL.stream().map("models/"::concat).toList());
        assertThat(pages).isEqualTo(4);
    }

    @Test
    void aGeminiPageHasFiftyUnlessSaidAndAtMostAThousand() throws Exception {
        assertThat(ask("/v1beta/models", google()).json().path("models")).hasSize(50);
        JsonNode all = ask("/v1beta/models?pageSize=100000", google()).json();
        assertThat(all.path("models")).hasSize(ALL.size());
        assertThat(all.has("nextPageToken")).isFalse();
    }

    @Test
    void aGeminiModelIsInItsForm() throws Exception {
        for (String path : List.of("/v1beta/models/team/gemini", "/v1/models/team/gemini")) {
            JsonNode model = ask(path, google()).json();
            assertThat(model.path("name").asString()).isEqualTo("models/team/gemini");
            assertThat(model.path("supportedGenerationMethods").get(0).asString())
                    .isEqualTo("generateContent");
        }
        assertThat(ask("/v1beta/models/gemini-01?key=" + key, "x-none: 1\r\n").status())
                .isEqualTo(200);
    }

    @Test
    void googlesHeaderGoesBeforeAnthropics() throws Exception {
        assertThat(ask("/v1/models", google() + ANTHROPIC).json().has("models")).isTrue();
    }

    @Test
    void aWildcardsNamesAreThereForThoseWhoKnowThem() throws Exception {
        assertThat(ask("/v1/models/any-thing", ANTHROPIC).status()).isEqualTo(200);
        assertThat(ask("/v1/models/any-thing", "").status()).isEqualTo(200);
    }

    @Test
    void aKeyIsShownItsOwnModelsAlone() throws Exception {
        String narrow = node.key("narrow", ",\"models\":[\"claude-1*\"]");
        try (Wire wire = new Wire(node.url())) {
            assertThat(names(
                            wire.send("GET", "/v1/models", narrow, null, ANTHROPIC)
                                    .read()
                                    .json()
                                    .path("data"),
                            "id"))
                    .isEqualTo(CLAUDES.subList(10, 20));
            assertThat(wire.send("GET", "/v1/models/claude-20", narrow, null, ANTHROPIC)
                            .read()
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void errorsAreInTheAskersWords() throws Exception {
        Answer openAi = ask("/v1/models/none", "");
        assertThat(openAi.status()).isEqualTo(404);
        assertThat(openAi.error("code")).isEqualTo("model_not_found");
        Answer colon = ask("/v1/models/none:7b", "");
        assertThat(colon.error("code")).as(colon.body()).isEqualTo("model_not_found");
        Answer anthropic = ask("/v1/models/none", ANTHROPIC);
        assertThat(anthropic.status()).isEqualTo(404);
        assertThat(anthropic.json().path("type").asString()).isEqualTo("error");
        assertThat(anthropic.error("type")).isEqualTo("not_found_error");
        assertThat(anthropic.header("request-id")).isNotNull();
        for (String path : List.of("/v1/models/none", "/v1beta/models/none")) {
            Answer gemini = ask(path, google());
            assertThat(gemini.status()).isEqualTo(404);
            assertThat(gemini.error("status")).isEqualTo("NOT_FOUND");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/models?limit=0",
                "/v1/models?limit=1001",
                "/v1/models?limit=many",
                "/v1/models?before_id=a&after_id=b"
            })
    void aPageThatCannotBeIsToldInAnthropicsWords(String path) throws Exception {
        Answer answer = ask(path, ANTHROPIC);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error("type")).isEqualTo("invalid_request_error");
        assertThat(answer.error("message")).contains("(expected: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1beta/models?pageSize=-1", "/v1beta/models?pageToken=%25%25", "/v1/models?pageSize=x"})
    void aPageThatCannotBeIsToldInGooglesWords(String path) throws Exception {
        Answer answer = ask(path, google());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error("status")).isEqualTo("INVALID_ARGUMENT");
        assertThat(answer.error("message")).contains("(expected: ");
    }
}
