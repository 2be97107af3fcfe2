package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.Fixtures;
import dev.tidemill.wire.Usage;
import dev.tidemill.wire.dialect.Verdict;
import dev.tidemill.wire.json.Edits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponsesDialectTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"id":"r","status":"completed","error":null,"output":[{"error":"inside"}]} | ANSWER
            {"id":"r","status":"incomplete","error":null}                               | ANSWER
            {"id":"r","status":"queued","error":null}                                   | ANSWER
            {"id":"r","status":"failed","error":{"code":"server_error","message":"m"}}  | ERROR
            {"id":"r","status":"failed","error":null}                                   | ERROR
            {"error":{"message":"m"}}                                                   | ERROR
            {"error":"busy"}                                                            | ERROR
            {"id":"r"}                                                                  | ANSWER
            {"id":"r","output":[{"a":                                                   | BAD
            {"id":"r","output":}                                                        | BAD
            []                                                                          | BAD
            <html></html>                                                               | BAD
            """)
    void isToldByItsBody(String body, Verdict expected) {
        byte[] a = ("\n\r\n\n" + body + "\n").getBytes(StandardCharsets.UTF_8);
        assertThat(ResponsesDialect.INSTANCE.judge(a, 0, a.length)).isEqualTo(expected);
    }

    @Test
    void everyRecordedAnswerIsOne() {
        List<Path> files = Stream.of(
                        "vercel-ai/openai/responses", "vercel-ai/xai/responses", "vercel-ai/open-responses")
                .flatMap(folder -> Fixtures.files("streams/" + folder, ".json").stream())
                .toList();
        assertThat(files).hasSizeGreaterThan(30);
        for (Path file : files) {
            byte[] a = Fixtures.bytes(file);
            boolean error = file.toString().contains("error");
            assertThat(ResponsesDialect.INSTANCE.judge(a, 0, a.length))
                    .as("%s", file)
                    .isEqualTo(error ? Verdict.ERROR : Verdict.ANSWER);
            if (!error) {
                ResponseObject response = ResponseObject.read(a, 0, a.length);
                assertThat(response).isNotNull();
                assertThat(response.id()).as("%s", file).isNotNull();
                assertThat(ResponsesDialect.INSTANCE.usage(a, 0, a.length))
                        .as("%s", file)
                        .isNotNull();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            openai/responses/openai-web-search-tool.1.json,       15969, 3712, 3773, 3136
            openai/responses/openai-image-generation-tool.1.json, 3151,     0, 1970, 1920
            xai/responses/xai-web-search-tool.1.json,              994,   947,  583,  380
            open-responses/responses/lmstudio-basic.1.json,        136,     0, 3677, 2456
            """)
    void usageOfAWholeAnswer(String file, long uncached, long cached, long output, long reasoning) {
        byte[] a = Fixtures.bytes("streams/vercel-ai/" + file);
        assertThat(ResponsesDialect.INSTANCE.usage(a, 0, a.length))
                .isEqualTo(new Usage(uncached, cached, 0, 0, output, reasoning));
    }

    @Test
    void aBrokenIdIsNone() {
        byte[] a = "{\"id\":\"\\u12\",\"model\":\"\\/\",\"created_at\":\"x\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(ResponseObject.read(a, 0, a.length)).isEqualTo(new ResponseObject(null, "/", -1, "", -1, -1, null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"type":"x","sequence_number":3}    | 3  | {"type":"x","sequence_number":7}
            {"type":"x","sequence_number":null} | -1 | {"type":"x","sequence_number":7}
            { "type":"x"}                       | -1 | {"sequence_number":7, "type":"x"}
            { }                                 | -1 | {"sequence_number":7 }
            """)
    void anEventGetsItsNumber(String data, long before, String after) {
        byte[] a = (" " + data).getBytes(StandardCharsets.UTF_8);
        ResponseEvent event = new ResponseEvent();
        assertThat(event.read(a, 1, a.length)).isTrue();
        assertThat(event.sequence()).isEqualTo(before);
        Edits edits = new Edits();
        event.number(a, 7, edits);
        byte[] changed = new byte[edits.size(a.length - 1)];
        edits.writeTo(a, 1, a.length, changed, 0);
        assertThat(new String(changed, StandardCharsets.UTF_8)).isEqualTo(after);
    }
}
