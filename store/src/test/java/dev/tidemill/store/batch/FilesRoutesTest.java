package dev.tidemill.store.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.batch.Limits;
import dev.tidemill.batch.run.EngineOptions;
import dev.tidemill.core.key.Key;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class FilesRoutesTest {
    @TempDir
    Path temp;

    private final HandClock clock = new HandClock();
    private final ScriptedLines lines = new ScriptedLines((request, send) -> ScriptedLines.ok("fine"));
    private Node node;

    @BeforeEach
    void start() throws Exception {
        EngineOptions standard = EngineOptions.DEFAULT;
        Limits small = new Limits(1 << 20, 512 << 10, 50_000, 16 << 20, 1_000, 1_024);
        node = new Node(
                temp.resolve("data"),
                lines,
                new EngineOptions(small, 64, 64, 5, 500, standard.lease(), standard.lastAnswers(), 64L << 20, 0),
                clock);
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        lines.close();
    }

    private RecordedCall delete(Key key, String id) throws IOException {
        return node.call(key, "DELETE", "/v1/files/" + id, "");
    }

    @Test
    void anUploadedFileIsDescribedListedFetchedAndDeleted() throws Exception {
        String content = Node.line("a") + "\r\n" + Node.line("ü—漢");
        JsonNode file =
                node.upload(Node.ALICE, "my file.jsonl", "batch", content).json();
        String id = file.get("id").stringValue();
        assertThat(id).matches("file-[a-z0-9]{24}");
        assertThat(file.get("object").stringValue()).isEqualTo("file");
        assertThat(file.get("bytes").longValue()).isEqualTo(content.getBytes(StandardCharsets.UTF_8).length);
        assertThat(file.get("created_at").longValue()).isEqualTo(clock.instant().getEpochSecond());
        assertThat(file.get("expires_at").longValue()).isEqualTo(clock.instant().getEpochSecond() + 2_592_000);
        assertThat(file.get("filename").stringValue()).isEqualTo("my file.jsonl");
        assertThat(file.get("purpose").stringValue()).isEqualTo("batch");
        assertThat(file.get("status").stringValue()).isEqualTo("processed");
        assertThat(node.get(Node.ALICE_TOO, "/v1/files/" + id)).isEqualTo(file);
        JsonNode list = node.get(Node.ALICE, "/v1/files");
        assertThat(list.get("data").get(0)).isEqualTo(file);
        assertThat(list.get("first_id").stringValue()).isEqualTo(id);
        assertThat(list.get("last_id").stringValue()).isEqualTo(id);
        assertThat(list.get("has_more").booleanValue()).isFalse();
        RecordedCall fetched = node.call(Node.ALICE, "GET", "/v1/files/" + id + "/content", "");
        assertThat(fetched.text()).isEqualTo(content);
        assertThat(fetched.closed).isTrue();
        assertThat(delete(Node.ALICE, id).text())
                .isEqualTo("{\"id\":\"" + id + "\",\"object\":\"file\",\"deleted\":true}");
        assertThat(delete(Node.ALICE, id).status).isEqualTo(404);
        assertThat(temp.resolve("data/blobs")).isEmptyDirectory();
    }

    @Test
    void fieldsMayComeInAnyOrderAndTheNameIsNeverAPath() throws Exception {
        RecordedCall call = node.multipart(
                Node.ALICE,
                "--B\r\nContent-Disposition: form-data; name=\"expires_after[seconds]\"\r\n\r\n3600\r\n"
                        + "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../etc/p\\asswd.jsonl\"\r\n\r\n{}\r\n"
                        + "--B\r\nContent-Disposition: form-data; name=\"expires_after[anchor]\"\r\n\r\ncreated_at\r\n"
                        + "--B\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--B--\r\n");
        assertThat(call.status).isEqualTo(200);
        assertThat(call.json().get("filename").stringValue()).doesNotContain("/", "\\", "..");
        assertThat(call.json().get("expires_at").longValue())
                .isEqualTo(clock.instant().getEpochSecond() + 3_600);
        clock.forward(Duration.ofSeconds(3_600));
        String id = call.json().get("id").stringValue();
        assertThat(node.call(Node.ALICE, "GET", "/v1/files/" + id, "").status).isEqualTo(404);
        assertThat(node.get(Node.ALICE, "/v1/files").get("data").size()).isZero();
        assertThat(node.store.files().deleteExpired(clock.instant(), 10)).isEqualTo(1);
        assertThat(temp.resolve("data/blobs")).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    in.txt   | batch       | {}            | file    | .jsonl
                    in.jsonl | batch       | ``            | file    | empty
                    in.jsonl | batch       | not json      | file    | first line
                    in.jsonl | batch       | {"a":1}}      | file    | first line
                    in.jsonl | batch_output| {}            | purpose | batch_output
                    in.jsonl | nonsense    | {}            | purpose | nonsense
                    """)
    void anUploadThatCannotBeRightIsRefusedAtOnce(
            String name, String purpose, String content, String param, String says) throws Exception {
        RecordedCall call = node.upload(Node.ALICE, name, purpose, content);
        assertThat(call.status).isEqualTo(400);
        assertThat(call.json().at("/error/param").stringValue()).isEqualTo(param);
        assertThat(call.json().at("/error/message").stringValue()).contains(says);
        assertThat(temp.resolve("data/blobs")).isEmptyDirectory();
    }

    @Test
    void aByteOrderMarkAndBlankLinesBeforeTheFirstRequestAreFine() throws Exception {
        assertThat(node.upload(Node.ALICE, "a.JSONL", "batch", "\uFEFF\r\n\n{}\n").status)
                .isEqualTo(200);
        assertThat(node.upload(Node.ALICE, "blank.jsonl", "batch", " \n").status)
                .isEqualTo(200); // its batch fails, as empty_file
        assertThat(node.upload(Node.ALICE, "a.jsonl", "batch", "{\"a\":\"" + "x".repeat(100_000) + "\"}").status)
                .isEqualTo(200);
        assertThat(node.upload(Node.ALICE, "a.bin", "user_data", "\0\1\2").status)
                .isEqualTo(200);
    }

    @Test
    void aFileOverTheLimitIsTooLargeAndLeavesNothing() throws Exception {
        assertThat(node.upload(Node.ALICE, "a.bin", "user_data", "x".repeat((1 << 20) + 1)).status)
                .isEqualTo(413);
        RecordedCall batch = node.upload(Node.ALICE, "a.jsonl", "batch", "{}\n".repeat(200_000));
        assertThat(batch.status).isEqualTo(400);
        assertThat(batch.json().at("/error/message").stringValue()).contains("too large");
        assertThat(temp.resolve("data/blobs")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--B\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--B--\r\n",
                "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n{}",
                "--B\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch",
                "garbage"
            })
    void aBrokenMultipartBodyIsRefused(String body) throws Exception {
        assertThat(node.multipart(Node.ALICE, body).status).isEqualTo(400);
        assertThat(temp.resolve("data/blobs")).isEmptyDirectory();
    }

    @Test
    void tooManyPartsTooLongFieldsAndOtherBodiesAreRefused() throws Exception {
        String part = "--B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n";
        assertThat(node.multipart(Node.ALICE, part.repeat(17) + "--B--\r\n").status)
                .isEqualTo(400);
        assertThat(node.multipart(Node.ALICE, part.replace("1", "1".repeat(2_000)) + "--B--\r\n").status)
                .isEqualTo(400);
        assertThat(node.call(Node.ALICE, "POST", "/v1/files", "{}").status).isEqualTo(400);
    }

    @Test
    void aConnectionThatBreaksInTheMiddleLeavesNothing() throws Exception {
        byte[] start = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n{}"
                .getBytes(StandardCharsets.US_ASCII);
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }
        };
        RecordedCall call = new RecordedCall(
                Node.ALICE, "POST", "/v1/files", new SequenceInputStream(new ByteArrayInputStream(start), broken));
        call.headers.put("content-type", "multipart/form-data; boundary=B");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> call.through(node.routes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("connection reset");
        assertThat(temp.resolve("data/blobs")).isEmptyDirectory();
    }

    @Test
    void anothersFileAnswersExactlyLikeOneThatIsNotThere() throws Exception {
        String id = node.upload(Node.ALICE, "a.jsonl", "batch", "{}")
                .json()
                .get("id")
                .stringValue();
        String unknown = "file-" + "0".repeat(24);
        for (String method : List.of("GET", "DELETE")) {
            RecordedCall foreign = node.call(Node.BOB, method, "/v1/files/" + id, "");
            RecordedCall none = node.call(Node.BOB, method, "/v1/files/" + unknown, "");
            assertThat(foreign.status).isEqualTo(404).isEqualTo(none.status);
            assertThat(foreign.text().replace(id, unknown)).isEqualTo(none.text());
        }
        RecordedCall content = node.call(Node.BOB, "GET", "/v1/files/" + id + "/content", "");
        assertThat(content.status).isEqualTo(404);
        assertThat(node.get(Node.BOB, "/v1/files").get("data").size()).isZero();
        assertThat(node.call(Node.BOB, "GET", "/v1/files?after=" + id, "").status)
                .isEqualTo(400);
    }

    @Test
    void aListIsReadPageByPageWhileOthersWrite() throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            ids.add(node.upload(Node.ALICE, i + ".jsonl", "batch", "{}")
                    .json()
                    .get("id")
                    .stringValue());
            clock.forward(Duration.ofMillis(i % 2 == 0 ? 10 : 0));
        }
        List<String> seen = new ArrayList<>();
        String query = "?limit=2&order=asc";
        for (String after = ""; ; ) {
            JsonNode page = node.get(Node.ALICE, "/v1/files" + query + after);
            page.get("data").forEach(file -> seen.add(file.get("id").stringValue()));
            if (!page.get("has_more").booleanValue()) {
                break;
            }
            after = "&after=" + page.get("last_id").stringValue();
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(node.get(Node.ALICE, "/v1/files?purpose=vision").get("data").size())
                .isZero();
        assertThat(node.get(Node.ALICE, "/v1/files?order=desc").get("data").size())
                .isEqualTo(7);
        for (String bad : List.of("limit=0", "limit=10001", "limit=x", "order=up", "purpose=x")) {
            assertThat(node.call(Node.ALICE, "GET", "/v1/files?" + bad, "").status)
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    @Test
    void anIdThatIsAPathFindsNothing() throws Exception {
        Files.writeString(temp.resolve("data/blobs/secret"), "x");
        assertThat(node.call(Node.ALICE, "GET", "/v1/files/secret/content", "").status)
                .isEqualTo(404);
        assertThat(node.call(Node.ALICE, "GET", "/v1/files/..%2Fsecret/content", "").status)
                .isEqualTo(404);
    }
}
