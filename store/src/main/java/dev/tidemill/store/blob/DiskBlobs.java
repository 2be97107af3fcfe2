package dev.tidemill.store.blob;

import dev.tidemill.batch.file.Blob;
import dev.tidemill.batch.file.BlobDraft;
import dev.tidemill.batch.file.Blobs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Blobs as files of one directory. A draft is written under a name of its own ending in {@value #DRAFT}; {@code keep}
 * flushes it to the disk, renames it, and flushes the directory, so that after a power cut there is the whole blob or none.
 */
public final class DiskBlobs implements Blobs {
    static final String DRAFT = ".draft";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private final Path directory;

    private DiskBlobs(Path directory) {
        this.directory = directory;
    }

    /** Opens the directory, creating it if needed, and removes the drafts that a killed process left. */
    public static DiskBlobs open(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (DirectoryStream<Path> drafts = Files.newDirectoryStream(directory, "*" + DRAFT)) {
            for (Path draft : drafts) {
                Files.delete(draft);
            }
        }
        return new DiskBlobs(directory);
    }

    /**
     * Removes blobs that nobody refers to: a process died between the rename and the row, or between the end of the row and
     * the deletion. Only while nothing is being written.
     *
     * @return how many
     */
    public int sweep(Set<String> referenced) throws IOException {
        int swept = 0;
        try (DirectoryStream<Path> blobs = Files.newDirectoryStream(directory)) {
            for (Path blob : blobs) {
                String name = blob.getFileName().toString();
                if (NAME.matcher(name).matches() && !referenced.contains(name)) {
                    Files.delete(blob);
                    swept++;
                }
            }
        }
        return swept;
    }

    @Override
    public BlobDraft draft() throws IOException {
        try {
            return new DiskDraft(this, Files.createTempFile(directory, "", DRAFT));
        } catch (IOException e) {
            throw DiskFaults.of("a file", e);
        }
    }

    @Override
    public Blob open(String name) throws IOException {
        return new DiskBlob(FileChannel.open(path(name), StandardOpenOption.READ));
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    Path path(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("blob name: " + name + " (expected: " + NAME + ")");
        }
        return directory.resolve(name);
    }

    void flushDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
