package dev.tidemill.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What Linux tells of a process, proc(5). A process that is gone has used nothing and holds nothing. */
final class ProcFs {
    /** USER_HZ: the unit of the times in {@code stat}, 100 on every Linux that Java runs on. */
    private static final long MICROS_PER_TICK = 10_000;

    private static final int UTIME = 11;

    private static final int STIME = 12;

    // Columns of the tables of sockets.
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String ESTABLISHED = "01";

    private ProcFs() {}

    /** User and system time of all threads, living and ended, in µs, in steps of 10 ms. */
    static long cpuMicros(long pid) {
        return cpuMicros(read(pid, "stat"));
    }

    /** The same of those living threads whose name, which the kernel cuts to 15 bytes, has this in it. */
    static long cpuMicros(long pid, String thread) {
        return list(pid, "task").stream()
                .map(task -> read(pid, "task/" + task.getFileName() + "/stat"))
                .filter(stat -> stat.substring(0, stat.lastIndexOf(')') + 1).contains(thread))
                .mapToLong(ProcFs::cpuMicros)
                .sum();
    }

    private static long cpuMicros(String stat) {
        if (stat.isEmpty()) {
            return 0;
        }
        // The name may hold blanks and brackets; the fields after its last bracket are plain numbers.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_PER_TICK;
    }

    /** Resident set in bytes, now. */
    static long rssBytes(long pid) {
        return kibibytes(pid, "VmRSS:") * 1024;
    }

    /** Largest resident set so far, in bytes. */
    static long peakRssBytes(long pid) {
        return kibibytes(pid, "VmHWM:") * 1024;
    }

    /** Of everything it has open. */
    static long openFiles(long pid) {
        return links(pid).size();
    }

    /** The most that it may have open: the soft limit. */
    static long openFileLimit(long pid) {
        String name = "Max open files";
        return read(pid, "limits")
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split(" +")[0])
                .mapToLong(soft -> "unlimited".equals(soft) ? Long.MAX_VALUE : Long.parseLong(soft))
                .sum();
    }

    /** Established TCP connections of this process from or to a port. */
    static long connections(long pid, int port) {
        Set<String> own = new HashSet<>(links(pid));
        String end = ":%04X".formatted(port);
        return Stream.of("net/tcp", "net/tcp6")
                .flatMap(table -> read(pid, table).lines().skip(1))
                .map(line -> line.strip().split(" +"))
                .filter(row -> row[STATE].equals(ESTABLISHED)
                        && (row[LOCAL].endsWith(end) || row[REMOTE].endsWith(end))
                        && own.contains("socket:[" + row[INODE] + "]"))
                .count();
    }

    private static List<String> links(long pid) {
        return list(pid, "fd").stream()
                .map(ProcFs::target)
                .filter(link -> !link.isEmpty())
                .toList();
    }

    private static List<Path> list(long pid, String directory) {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), directory))) {
            return files.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed since it was listed
        }
    }

    private static long kibibytes(long pid, String field) {
        for (String line : read(pid, "status").split("\n")) {
            if (line.startsWith(field)) {
                return Long.parseLong(
                        line.substring(field.length()).replace("kB", "").strip());
            }
        }
        return 0;
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No such process")) {
                return "";
            }
            throw new UncheckedIOException(e);
        }
    }
}
