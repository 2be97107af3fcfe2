package dev.tidemill.server.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a caller can get wrong before a model is called, and what each is told: status, code, and words that help. */
class BadInputTest {
    private static final int MOST_BODY = 64 << 10;

    @TempDir
    static Path folder;

    private static Node node;
    private static String key;

    @BeforeAll
    static void start() throws Exception {
        node = Node.start(folder, ", max_body: 64KiB, max_headers: 4KiB, max_file: 1MiB", "", "");
        key = node.key("caller");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private enum Mistake {
        NO_KEY(401, "missing_api_key", null, "no key was given (expected: a key of this relay, tm-") {
            @Override
            Answer make() throws IOException {
                return chat(null, GOOD);
            }
        },
        NO_KEY_FOR_FILES(401, "missing_api_key", null, "no key was given") {
            @Override
            Answer make() throws IOException {
                return node.ask("GET", "/v1/files", null, null);
            }
        },
        WRONG_KEY(401, "invalid_api_key", null, "is not known here, or is revoked or expired") {
            @Override
            Answer make() throws IOException {
                return chat("sk-proj-somebody-elses", GOOD);
            }
        },
        RIGHT_PUBLIC_PART_WRONG_SECRET(401, "invalid_api_key", null, "is not known here") {
            @Override
            Answer make() throws IOException {
                return chat(key.substring(0, 12) + "A".repeat(43), GOOD);
            }
        },
        TWO_KEYS_THAT_DIFFER(400, "conflicting_api_keys", null, "two keys were given that differ") {
            @Override
            Answer make() throws IOException {
                return node.ask("POST", "/v1/chat/completions?key=other", key, GOOD);
            }
        },
        UNKNOWN_MODEL(404, "model_not_found", "model", "model 'gpt-9' does not exist here or this key may not use it") {
            @Override
            Answer make() throws IOException {
                return chat(node.key("narrow", ",\"models\":[\"gpt-test\"]"), Node.chat("gpt-9", "Hi", false));
            }
        },
        BODY_THAT_IS_NO_JSON(400, "invalid_json", null, "JSON") {
            @Override
            Answer make() throws IOException {
                return chat(key, "model=gpt-test");
            }
        },
        BODY_CUT_SHORT(400, "invalid_json", null, "JSON") {
            @Override
            Answer make() throws IOException {
                return chat(key, GOOD.substring(0, GOOD.length() - 1));
            }
        },
        EMPTY_BODY(400, "invalid_json", null, "JSON") {
            @Override
            Answer make() throws IOException {
                return chat(key, "");
            }
        },
        NO_MODEL(400, "missing_required_parameter", "model", "model") {
            @Override
            Answer make() throws IOException {
                return chat(key, "{\"messages\":[]}");
            }
        },
        MODEL_THAT_IS_NO_TEXT(400, "invalid_type", "model", "model") {
            @Override
            Answer make() throws IOException {
                return chat(key, "{\"model\":7,\"messages\":[]}");
            }
        },
        BODY_OVER_THE_LIMIT(
                413, "request_too_large", null, "the request body has 65537 bytes (expected: at most 65536)") {
            @Override
            Answer make() throws IOException {
                return chat(key, GOOD + " ".repeat(MOST_BODY + 1 - GOOD.length()));
            }
        },
        CHUNKED_BODY_OVER_THE_LIMIT(413, "request_too_large", null, "more than 65536 bytes (expected: at most 65536)") {
            @Override
            Answer make() throws IOException {
                try (Wire wire = new Wire(node.url())) {
                    wire.send("POST", "/v1/chat/completions", key, null, "transfer-encoding: chunked\r\n");
                    wire.send(("10001\r\n" + "x".repeat(0x10001)).getBytes(StandardCharsets.US_ASCII));
                    return wire.read();
                }
            }
        },
        HEADERS_OVER_THE_LIMIT(431, "head_too_large", null, "4096") {
            @Override
            Answer make() throws IOException {
                return more("x-filler: " + "a".repeat(5_000) + "\r\n");
            }
        },
        COMPRESSED_BODY(415, "unsupported_content_encoding", null, "expected: a body without Content-Encoding") {
            @Override
            Answer make() throws IOException {
                return more("content-encoding: gzip\r\n");
            }
        },
        UNKNOWN_PATH(404, "unknown_path", null, "path '/v1/chat/completion' does not exist here") {
            @Override
            Answer make() throws IOException {
                return node.ask("POST", "/v1/chat/completion", key, GOOD);
            }
        },
        ADMIN_PATH_ON_THE_CLIENT_PORT(404, "unknown_path", null, "path '/admin/keys' does not exist here") {
            @Override
            Answer make() throws IOException {
                return node.ask("GET", "/admin/keys", node.adminAccess().token(), null);
            }
        },
        METRICS_ON_THE_CLIENT_PORT(404, "unknown_path", null, "path '/metrics' does not exist here") {
            @Override
            Answer make() throws IOException {
                return node.ask("GET", "/metrics", null, null);
            }
        },
        REALTIME(404, "unknown_path", null, "realtime and WebSocket are not served here") {
            @Override
            Answer make() throws IOException {
                return node.ask("GET", "/v1/realtime?model=gpt-4o", key, null);
            }
        },
        WRONG_METHOD(405, "method_not_allowed", null, "POST") {
            @Override
            Answer make() throws IOException {
                return node.ask("GET", "/v1/chat/completions", key, null);
            }
        },
        ADMIN_WITHOUT_TOKEN(401, "invalid_admin_token", null, "second line of the file `admin`") {
            @Override
            Answer make() throws IOException {
                try (Wire admin = new Wire(node.admin())) {
                    return admin.ask("GET", "/admin/keys", key, null);
                }
            }
        },
        KEY_WITHOUT_A_NAME(400, "invalid_key", null, "name (expected: a text)") {
            @Override
            Answer make() throws IOException {
                try (Wire admin = new Wire(node.admin())) {
                    return admin.ask("POST", "/admin/keys", node.adminAccess().token(), "{}");
                }
            }
        };

        private static final String GOOD = Node.chat("gpt-test", "Hi", false);

        final int status;
        final String code;
        final String param;
        final String words;

        Mistake(int status, String code, String param, String words) {
            this.status = status;
            this.code = code;
            this.param = param;
            this.words = words;
        }

        abstract Answer make() throws IOException;

        private static Answer chat(String by, String body) throws IOException {
            return node.ask("POST", "/v1/chat/completions", by, body);
        }

        private static Answer more(String headers) throws IOException {
            try (Wire wire = new Wire(node.url())) {
                return wire.send("POST", "/v1/chat/completions", key, GOOD, headers)
                        .read();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Mistake.class)
    void isToldWhatWasWrong(Mistake mistake) throws Exception {
        node.simulator.reset();

        Answer answer = mistake.make();

        assertThat(answer.status()).as(answer.body()).isEqualTo(mistake.status);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.header("content-type")).startsWith("application/json");
        assertThat(answer.header("x-request-id")).startsWith("req_");
        assertThat(answer.json().path("error").propertyNames())
                .containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(answer.error("code")).isEqualTo(mistake.code);
        assertThat(answer.error("param")).isEqualTo(mistake.param);
        assertThat(answer.error("message")).contains(mistake.words);
        assertThat(answer.error("type"))
                .isEqualTo(mistake.status == 401 ? "authentication_error" : "invalid_request_error");
        assertThat(node.simulator.requests()).isEmpty();
    }
}
