package dev.tidemill.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemill.store.DataDirectory;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoRunTest {
    @Test
    void theMainJobRunsFromEndToEndAndLeavesNothingRunning(@TempDir Path data) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (Upstream upstream = Upstream.embedded("tokens=30")) {
            new Demo(
                            upstream.configuration(),
                            data,
                            "openai/gpt-4o-mini",
                            new Classification(60, 7),
                            new PrintStream(out, true, StandardCharsets.UTF_8),
                            new PrintStream(err, true, StandardCharsets.UTF_8))
                    .run();
        }

        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text)
                .contains(
                        "first token after", "60 done and 0 failed", "billing ", "3. The bill: ", "gpt-4o-mini", "CNY");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("batch: 60 of 60 lines, 0 failed");
        DataDirectory.open(data).close();
        assertThat(DataDirectory.published(data)).isNull();
        Matcher relay = Pattern.compile("relay on (http://\\S+),").matcher(text);
        assertThat(relay.find()).isTrue();
        Assertions.assertThatThrownBy(
                        () -> new Socket("127.0.0.1", URI.create(relay.group(1)).getPort()))
                .isInstanceOf(ConnectException.class);
    }
}
