package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.MultipartField;
import com.openai.core.http.HttpResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchListPage;
import com.openai.models.batches.BatchListParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileListPage;
import com.openai.models.files.FileListParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import dev.tidemill.simulator.Behaviour;
import dev.tidemill.simulator.Rule;
import dev.tidemill.simulator.Scenario;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** OpenAI's own Java client, unchanged, as the one that files and batches are made with. */
@Timeout(120)
class OpenAiSdkBatchTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");

    @TempDir
    static Path folder;

    private static Node node;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws Exception {
        node = Node.start(folder);
        client = Sdk.of(node.url() + "/v1", node.key("sdk")).client();
    }

    @AfterAll
    static void stop() {
        client.close();
        node.close();
    }

    @AfterEach
    void behaveAgain() {
        node.simulator.behave(Behaviour.plain());
    }

    private static FileObject upload(OpenAIClient by, String name, String text) {
        return by.files()
                .create(FileCreateParams.builder()
                        .file(MultipartField.<InputStream>builder()
                                .value(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                                .filename(name)
                                .build())
                        .purpose(FilePurpose.BATCH)
                        .build())
                .validate();
    }

    private static Batch create(OpenAIClient by, String inputFileId) {
        return by.batches()
                .create(BatchCreateParams.builder()
                        .inputFileId(inputFileId)
                        .endpoint(BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS)
                        .completionWindow(BatchCreateParams.CompletionWindow._24H)
                        .metadata(BatchCreateParams.Metadata.builder()
                                .putAdditionalProperty("night", JsonValue.from("run"))
                                .build())
                        .build())
                .validate();
    }

    private static Batch end(OpenAIClient by, String id) throws InterruptedException {
        while (true) {
            Batch batch = by.batches().retrieve(id).validate();
            if (ENDED.contains(batch.status().asString())) {
                return batch;
            }
            Thread.sleep(20);
        }
    }

    private static List<JsonNode> content(String fileId) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        try (HttpResponse content = client.files().content(fileId)) {
            new String(content.body().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .forEach(line -> lines.add(JSON.readTree(line)));
        }
        return lines;
    }

    @Test
    void aBatchFromUploadToResultsWithOneLineThatFails() throws Exception {
        node.simulator.play(Scenario.of(
                Rule.forModel("gpt-test", Behaviour.of("400;message=no")).when(1, 1, 0)));
        FileObject input = upload(client, "work.jsonl", Lines.of(20, "gpt-test"));
        assertThat(input.filename()).isEqualTo("work.jsonl");
        assertThat(input.purpose().asString()).isEqualTo("batch");

        Batch created = create(client, input.id());
        assertThat(created.status()).isEqualTo(Batch.Status.VALIDATING);
        assertThat(created.expiresAt()).contains(created.createdAt() + 86_400);

        Batch ended = end(client, created.id());
        assertThat(ended.status()).isEqualTo(Batch.Status.COMPLETED);
        assertThat(ended.model()).contains("gpt-test");
        assertThat(ended.requestCounts().orElseThrow().total()).isEqualTo(20);
        assertThat(ended.requestCounts().orElseThrow().completed()).isEqualTo(19);
        assertThat(ended.requestCounts().orElseThrow().failed()).isEqualTo(1);
        assertThat(ended.usage().orElseThrow().outputTokens()).isEqualTo(19 * 24);
        assertThat(ended.metadata().orElseThrow()._additionalProperties())
                .containsEntry("night", JsonValue.from("run"));

        List<JsonNode> output = content(ended.outputFileId().orElseThrow());
        List<JsonNode> errors = content(ended.errorFileId().orElseThrow());
        assertThat(output).hasSize(19).allSatisfy(line -> {
            assertThat(line.path("id").asString()).startsWith("batch_req_");
            assertThat(line.path("response").path("status_code").asInt()).isEqualTo(200);
            assertThat(line.path("response").path("request_id").asString()).isNotEmpty();
            assertThat(line.at("/response/body/choices/0/message/content").asString())
                    .isNotBlank();
            assertThat(line.path("error").isNull()).isTrue();
        });
        assertThat(errors).hasSize(1).allSatisfy(line -> {
            assertThat(line.path("response").path("status_code").asInt()).isEqualTo(400);
            assertThat(line.at("/response/body/error/message").asString()).isEqualTo("no");
            assertThat(line.path("error").isNull()).isTrue();
        });
        assertThat(client.files()
                        .retrieve(ended.outputFileId().orElseThrow())
                        .validate()
                        .purpose()
                        .asString())
                .isEqualTo("batch_output");
    }

    @Test
    void aBatchInWhichEveryLineFailsIsCompletedWithoutAnOutputFile() throws Exception {
        node.simulator.behave(Behaviour.of("400"));
        Batch ended = end(
                client,
                create(
                                client,
                                upload(client, "bad.jsonl", Lines.of(5, "gpt-test"))
                                        .id())
                        .id());

        assertThat(ended.status()).isEqualTo(Batch.Status.COMPLETED);
        assertThat(ended.outputFileId()).isEmpty();
        assertThat(content(ended.errorFileId().orElseThrow())).hasSize(5);
        assertThat(ended.requestCounts().orElseThrow().failed()).isEqualTo(5);
    }

    @Test
    void filesAndBatchesAreListedInPages() throws Exception {
        try (Sdk own = Sdk.of(node.url() + "/v1", node.key("pages"))) {
            List<String> files = new ArrayList<>();
            List<String> batches = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                String id = upload(own.client(), "f" + i + ".jsonl", Lines.of(1, "gpt-test"))
                        .id();
                files.addFirst(id);
                batches.addFirst(create(own.client(), id).id());
            }
            for (String batch : batches) {
                end(own.client(), batch);
            }

            BatchListPage page = own.client()
                    .batches()
                    .list(BatchListParams.builder().limit(2).build());
            assertThat(page.data()).hasSize(2);
            assertThat(page.hasMore()).contains(true);
            List<String> seen = new ArrayList<>();
            page.autoPager().forEach(batch -> seen.add(batch.validate().id()));
            assertThat(seen).containsExactlyInAnyOrderElementsOf(batches);

            FileListPage inputs = own.client()
                    .files()
                    .list(FileListParams.builder().purpose("batch").limit(2).build());
            assertThat(inputs.data()).hasSize(2);
            List<String> seenFiles = new ArrayList<>();
            inputs.autoPager().forEach(file -> seenFiles.add(file.validate().id()));
            assertThat(seenFiles).containsExactlyInAnyOrderElementsOf(files);
        }
    }

    @Test
    void aCancelledBatchKeepsWhatItHasAndAccountsForTheRest() throws Exception {
        node.simulator.behave(Behaviour.of("ttft=150ms"));
        int lines = 400;
        Batch created = create(
                client,
                upload(client, "long.jsonl", Lines.of(lines, "gpt-test")).id());
        while (client.batches()
                        .retrieve(created.id())
                        .requestCounts()
                        .orElseThrow()
                        .completed()
                == 0) {
            Thread.sleep(10);
        }

        assertThat(client.batches().cancel(created.id()).validate().status()).isEqualTo(Batch.Status.CANCELLING);

        Batch ended = end(client, created.id());
        assertThat(ended.status()).isEqualTo(Batch.Status.CANCELLED);
        assertThat(ended.cancelledAt()).isPresent();
        List<JsonNode> output = content(ended.outputFileId().orElseThrow());
        List<JsonNode> errors = content(ended.errorFileId().orElseThrow());
        assertThat(output.size() + errors.size()).isEqualTo(lines);
        assertThat(output).hasSize((int) ended.requestCounts().orElseThrow().completed());
        assertThat(errors)
                .allSatisfy(line ->
                        assertThat(line.path("error").path("code").asString()).isEqualTo("batch_cancelled"));
        assertThat(client.batches().cancel(created.id()).status()).isEqualTo(Batch.Status.CANCELLED);
    }

    @Test
    void aCompletedBatchCannotBeCancelled() throws Exception {
        Batch ended = end(
                client,
                create(
                                client,
                                upload(client, "one.jsonl", Lines.of(1, "gpt-test"))
                                        .id())
                        .id());

        assertThatThrownBy(() -> client.batches().cancel(ended.id()))
                .isInstanceOfSatisfying(
                        OpenAIServiceException.class,
                        e -> assertThat(e.statusCode()).isEqualTo(409))
                .hasMessageContaining("Cannot cancel a batch with status 'completed'.");
    }

    @Test
    void aDeletedFileIsGoneAndABatchOfItFails() throws Exception {
        FileObject file = upload(client, "gone.jsonl", Lines.of(1, "gpt-test"));
        assertThat(client.files().delete(file.id()).validate().deleted()).isTrue();

        assertThatThrownBy(() -> client.files().retrieve(file.id())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> client.files().content(file.id())).isInstanceOf(NotFoundException.class);
        Batch ended = end(client, create(client, file.id()).id());
        assertThat(ended.status()).isEqualTo(Batch.Status.FAILED);
        assertThat(ended.errors().orElseThrow().data().orElseThrow().getFirst().param())
                .contains("file_id");
    }

    @Test
    void aFileThatIsNoJsonlIsABadRequest() {
        assertThatThrownBy(() -> upload(client, "work.csv", "a,b"))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("Must be .jsonl");
    }
}
