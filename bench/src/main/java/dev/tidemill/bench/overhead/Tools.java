package dev.tidemill.bench.overhead;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The programs the bench needs beside the relay, where Debian's packages put them. */
record Tools(Path nginx, Path modules, Path wrk) {
    private static final List<Path> FOLDERS = Stream.concat(
                    Stream.of(path().split(":")).filter(folder -> !folder.isEmpty()),
                    Stream.of("/usr/sbin", "/usr/local/sbin"))
            .map(Path::of)
            .toList();

    private static final List<Path> MODULES =
            List.of(Path.of("/usr/lib/nginx/modules"), Path.of("/usr/lib64/nginx/modules"));

    /**
     * Looks for all of them.
     *
     * @throws IllegalStateException naming every one that is missing, and how to get it
     */
    static Tools find() {
        List<String> missing = new ArrayList<>();
        Path nginx = program("nginx").orElse(null);
        Path wrk = program("wrk").orElse(null);
        Path modules = MODULES.stream()
                .filter(folder -> Files.exists(folder.resolve("ngx_http_lua_module.so")))
                .findFirst()
                .orElse(null);
        note(missing, nginx, "nginx");
        note(missing, modules, "libnginx-mod-http-lua");
        note(missing, wrk, "wrk");
        if (nginx == null || wrk == null || modules == null) {
            throw new IllegalStateException(
                    "missing: %s (expected: installed; on Debian and Ubuntu: apt-get install -y %s)"
                            .formatted(String.join(", ", missing), String.join(" ", missing)));
        }
        return new Tools(nginx, modules, wrk);
    }

    private static void note(List<String> missing, @Nullable Path found, String name) {
        if (found == null) {
            missing.add(name);
        }
    }

    private static Optional<Path> program(String name) {
        return FOLDERS.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static String path() {
        String path = System.getenv("PATH");
        return path == null ? "" : path;
    }
}
