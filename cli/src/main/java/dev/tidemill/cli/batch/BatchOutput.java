package dev.tidemill.cli.batch;

import dev.tidemill.cli.CommandFailed;
import dev.tidemill.cli.api.Api;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code -o} and {@code --errors}: where results go. A file is there whole or not at all. */
final class BatchOutput {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where good results go; left out: standard output.")
    @Nullable
    Path output;

    @Option(
            names = "--errors",
            paramLabel = "FILE",
            description = "Where failed lines go; left out: standard error tells how many.")
    @Nullable
    Path errors;

    void fetch(Api api, BatchState batch) throws CommandFailed, InterruptedException {
        String good = batch.file("output_file_id");
        String bad = batch.file("error_file_id");
        if (!good.isEmpty()) {
            copy(api, good, output);
        } else if (output != null) {
            System.err.println("no line of " + batch.id() + " succeeded: " + output + " is not written");
        }
        if (!bad.isEmpty() && errors != null) {
            copy(api, bad, errors);
        } else if (!bad.isEmpty()) {
            System.err.println("failed lines are kept: fetch them with --errors FILE");
        }
    }

    private static void copy(Api api, String file, @Nullable Path to) throws CommandFailed, InterruptedException {
        String path = "/v1/files/" + file + "/content";
        try {
            if (to == null) {
                api.download(path, System.out);
                System.out.flush();
                return;
            }
            Path folder = to.toAbsolutePath().getParent();
            Path draft = Files.createTempFile(folder, ".tidemill-", ".part");
            try {
                try (OutputStream out = Files.newOutputStream(draft)) {
                    api.download(path, out);
                }
                Files.move(draft, to, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new CommandFailed((to == null ? "results" : to.toString()) + ": "
                    + e.getClass().getSimpleName() + " " + e.getMessage() + " (fetch again: results are kept)");
        }
    }
}
