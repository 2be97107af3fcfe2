package dev.tidemill.wire.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.wire.dialect.Verdict;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatDialectTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            {"choices":[{"message":{"content":"a"}}]}          | ANSWER
            {"choices":[],"error":null}                        | ANSWER
            {"choices":[{"message":{"content":"\\"error\\":{}"}}]} | ANSWER
            {"object":"list","data":[{"embedding":[0.1]}]}     | ANSWER
            {"error":{"message":"x"}}                          | ERROR
            {"id":"x","error":"busy","choices":[]}             | ERROR
            {"object":"error","message":"x"}                   | ERROR
            {"choices":[{}],"base_resp":{"status_code":0,"status_msg":""}} | ANSWER
            {"choices":null,"base_resp":{"status_msg":"insufficient balance","status_code":1008}} | ERROR
            {"base_resp":{}}                                   | ANSWER
            <html></html>                                      | BAD
            [DONE]                                             | BAD
            {"choices":[{"message":{"content":"a"              | BAD
            {"choices":[{"message":{"content":"a"}}]           | BAD
            """)
    void isToldByItsBody(String body, Verdict expected) {
        byte[] a = ("\n\r\n\n" + body + "\n").getBytes(StandardCharsets.UTF_8);
        assertThat(ChatDialect.INSTANCE.judge(a, 0, a.length)).isEqualTo(expected);
    }
}
