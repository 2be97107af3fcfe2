package dev.tidemill.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
    @TempDir
    Path folder;

    @BeforeEach
    void needsLinux() {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")), "processes are watched through /proc");
    }

    @Test
    void killingTakesWhatTheProcessStartedWithIt() throws Exception {
        Child child = shell("sleep 100 & echo started $!; wait");
        long grandchild = Long.parseLong(
                child.awaitLine("started ", Duration.ofSeconds(10)).split(" ")[1]);
        child.kill();
        assertThat(child.alive()).isFalse();
        ProcessHandle.of(grandchild).ifPresent(handle -> handle.onExit().join());
        assertThat(ProcessHandle.of(grandchild)).isEmpty();
    }

    @Test
    void processThatEndsBeforeTheAwaitedLineIsNamedWithItsOutput() {
        try (Child child = shell("echo no luck; exit 3")) {
            assertThatThrownBy(() -> child.awaitLine("ready", Duration.ofSeconds(10)))
                    .hasMessageContaining("ended with exit code 3")
                    .hasMessageContaining("no luck");
        }
    }

    @Test
    void timeAndMemoryOfDescendantsCount() throws Exception {
        try (Child child = shell("(i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo done; sleep 100) & wait")) {
            child.awaitLine("done", Duration.ofSeconds(60));
            assertThat(child.cpuMicros()).isPositive();
            assertThat(child.rssBytes()).isPositive();
            assertThat(child.peakRssBytes()).isGreaterThanOrEqualTo(child.rssBytes());
        }
    }

    @Test
    void termIsTriedBeforeKill() throws Exception {
        try (Child polite = shell("trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done")) {
            polite.awaitLine("up", Duration.ofSeconds(10));
            assertThat(polite.terminate(Duration.ofSeconds(10))).isTrue();
        }
        try (Child deaf = shell("trap '' TERM; echo up; while :; do sleep 0.05; done")) {
            deaf.awaitLine("up", Duration.ofSeconds(10));
            assertThat(deaf.terminate(Duration.ofMillis(100))).isFalse();
            assertThat(deaf.alive()).isFalse();
        }
    }

    private Child shell(String script) {
        return Child.start("shell", folder.resolve("output.log"), List.of("/bin/sh", "-c", script), Map.of());
    }
}
