package dev.tidemill.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What Linux tells of a process, proc(5). A process that is gone has used nothing and holds nothing. */
final class ProcFs {
    /** USER_HZ: the unit of the times in {@code stat}, 100 on every Linux that Java runs on. */
    private static final long MICROS_PER_TICK = 10_000;

    private static final int UTIME = 11;

    private static final int STIME = 12;

    private ProcFs() {}

    /** User and system time of all threads, living and ended, in µs, in steps of 10 ms. */
    static long cpuMicros(long pid) {
        String stat = read(pid, "stat");
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
