package dev.tidemill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void wrongUsageIsTwoAndSaysWhatWasExpected() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("srve")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("no command srve (expected: demo, serve,");
        assertThat(run("serve", "--bogus")).isEqualTo(2);
        assertThat(run("keys")).isEqualTo(2);
        assertThat(run("batch", "list", "--limit", "x", "--key", "k")).isEqualTo(2);
        assertThat(run("batch", "list", "--limit", "101", "--key", "k")).isEqualTo(2);
        assertThat(run("chat", "--url", "nonsense", "--key", "k", "hi")).isEqualTo(2);
        assertThat(run("keys", "create", "--expires", "soon")).isEqualTo(2);
        assertThat(run("simulate", "--behaviour", "nonsense=1")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).doesNotContain("\tat ");
    }

    @Test
    void helpAndVersionAreZero() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("tidemill demo")
                .contains("Exit codes");
        assertThat(run("version")).isZero();
        assertThat(run("serve", "--help")).isZero();
        assertThat(run("keys", "create", "--help")).isZero();
    }

    @Test
    void checkIsZeroForAGoodFileAndOneForAnother(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("tidemill.yaml");
        Files.writeString(
                file,
                "providers: { p: { base_url: \"http://127.0.0.1:9\" } }\nmodels: { m: { targets: [{ provider: p }] } }\n");
        assertThat(run("check", "-c", file.toString())).isZero();

        Files.writeString(file, "providers: 7\n");
        assertThat(run("check", "-c", file.toString())).isEqualTo(1);
        assertThat(run("check", "-c", folder.resolve("none").toString())).isEqualTo(1);
    }

    @Test
    void workThatFailsIsOne() {
        assertThat(run("chat", "--url", "http://127.0.0.1:1", "--key", "tm-x", "--model", "m", "hi"))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("nothing answers at http://127.0.0.1:1");
    }

    private int run(String... arguments) {
        return Main.run(arguments, new PrintStream(out, true), new PrintStream(err, true));
    }
}
