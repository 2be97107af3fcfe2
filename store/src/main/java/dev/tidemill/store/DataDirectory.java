package dev.tidemill.store;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds everything durable, locked for as long as this object is open. The lock is the operating
 * system's, on the file {@code lock}: it goes with the process however that ends, and a left-over file means nothing.
 * A directory that is created here is for its owner alone (0700).
 */
public final class DataDirectory implements Closeable {
    private static final String LOCK = "lock";
    private static final String ADMIN = "admin";

    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Creates the directory if it is not there, and locks it.
     *
     * @throws DirectoryInUseException somebody else has it
     */
    public static DataDirectory open(Path path) throws IOException {
        create(path);
        FileChannel channel = FileChannel.open(
                path.resolve(LOCK),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                only(path, "rw-------"));
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DataDirectory(path, channel);
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process; said below
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new DirectoryInUseException(path);
    }

    private static void create(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(path, only(path, "rwx------"));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(path)) {
                throw new IOException("data directory " + path + ": is a file (expected: a directory, or nothing)", e);
            }
        }
    }

    private static FileAttribute<?>[] only(Path path, String permissions) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> set = PosixFilePermissions.fromString(permissions);
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(set)};
    }

    public Path path() {
        return path;
    }

    /** Tells the other commands how to reach this server: a file that its owner alone may read (0600). */
    public void publish(AdminAccess access) throws IOException {
        Path draft = path.resolve(ADMIN + ".draft");
        Files.deleteIfExists(draft);
        try (FileChannel file = FileChannel.open(
                draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), only(path, "rw-------"))) {
            ByteBuffer text = StandardCharsets.UTF_8.encode(access.url() + "\n" + access.token() + "\n");
            while (text.hasRemaining()) {
                file.write(text);
            }
        }
        Files.move(draft, path.resolve(ADMIN), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * What the server that has this directory published; null: nothing. It may be out of date: after a kill the file
     * remains, so whoever reads it first tries to open the directory itself.
     */
    public static @Nullable AdminAccess published(Path path) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(path.resolve(ADMIN));
        } catch (NoSuchFileException e) {
            return null;
        }
        return lines.size() < 2 ? null : new AdminAccess(URI.create(lines.get(0)), lines.get(1));
    }

    /** Takes back what was published, and unlocks. */
    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(path.resolve(ADMIN));
        }
    }
}
