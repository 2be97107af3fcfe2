package dev.tidemill.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 answer: its head, its body whole or in frames, and every fault of framing. A frame is one server-sent event and one chunk,
 * unless a fault says otherwise.
 */
final class Answer {
    private static final byte[] CRLF = {'\r', '\n'};

    private final Line line;
    private final Faults faults;
    private boolean keepAlive;

    private boolean chunked;
    private int chunks;
    private int merged;
    private final ByteArrayOutputStream merging = new ByteArrayOutputStream(0);
    private @Nullable ByteArrayOutputStream held;
    private @Nullable ByteArrayOutputStream deflated;
    private @Nullable GZIPOutputStream gzip;
    private String heldType = "";
    private String heldHeaders = "";

    Answer(Line line, Faults faults, boolean keepAlive, boolean http10) {
        this.line = line;
        this.faults = faults;
        this.keepAlive = keepAlive && !http10 && !faults.has(FaultKind.NO_LENGTH);
        this.chunked = !http10 && !faults.has(FaultKind.NO_LENGTH);
    }

    /** Whether the connection can carry another request after this answer. */
    boolean keepsAlive() {
        return keepAlive;
    }

    /** An answer whose body is known; {@code headers} are whole lines with their CRLF, perhaps none. */
    void whole(int status, String type, String headers, byte[] body) throws IOException {
        byte[] sent = faults.has(FaultKind.GZIP) ? zipped(body) : body;
        boolean inChunks = chunked
                && (faults.has(FaultKind.BAD_CHUNK)
                        || faults.has(FaultKind.LENGTH_AND_CHUNKED)
                        || faults.has(FaultKind.CHUNK_EXTENSION));
        if (inChunks) {
            head(status, type, headers, faults.has(FaultKind.LENGTH_AND_CHUNKED) ? sent.length : -1, true);
            chunk(sent);
            lastChunk();
            return;
        }
        long declared = sent.length;
        Fault larger = faults.find(FaultKind.LENGTH_LARGER);
        Fault smaller = faults.find(FaultKind.LENGTH_SMALLER);
        if (larger != null) {
            declared += larger.bytes("by");
        } else if (smaller != null) {
            declared = Math.max(0, declared - smaller.bytes("by"));
        }
        head(status, type, headers, faults.has(FaultKind.NO_LENGTH) ? -1 : declared, false);
        line.put(sent);
        if (larger != null) {
            line.flush();
            throw line.close();
        }
        finish();
    }

    /** A JSON object with so many spaces behind its brace, which are never in memory together. */
    void spaced(int status, String type, String headers, byte[] json, long spaces) throws IOException {
        head(status, type, headers, json.length + spaces, false);
        line.put(json, 0, 1);
        byte[] blank = " ".repeat(32 << 10).getBytes(StandardCharsets.US_ASCII);
        for (long left = spaces; left > 0; left -= blank.length) {
            line.put(blank, 0, (int) Math.min(left, blank.length));
        }
        line.put(json, 1, json.length - 1);
        finish();
    }

    /** The head of an answer that comes in frames. */
    void open(String type, String headers) throws IOException {
        boolean needsLength = faults.has(FaultKind.LENGTH_LARGER)
                || faults.has(FaultKind.LENGTH_SMALLER)
                || faults.has(FaultKind.TWO_LENGTHS);
        if (needsLength) {
            held = new ByteArrayOutputStream();
            heldType = type;
            heldHeaders = headers;
            return;
        }
        if (faults.has(FaultKind.GZIP)) {
            deflated = new ByteArrayOutputStream();
            gzip = new GZIPOutputStream(deflated, true);
        }
        head(200, type, headers, faults.has(FaultKind.LENGTH_AND_CHUNKED) ? 64 : -1, chunked);
    }

    void frame(byte[] bytes) throws IOException {
        if (held != null) {
            held.write(bytes);
            return;
        }
        byte[] sent = bytes;
        if (gzip != null && deflated != null) {
            gzip.write(bytes);
            gzip.flush();
            sent = taken(deflated);
        }
        emit(sent);
    }

    private void emit(byte[] bytes) throws IOException {
        if (chunked) {
            chunks(bytes);
        } else {
            line.put(bytes);
        }
    }

    void flush() throws IOException {
        line.flush();
    }

    void pause(Duration time) throws IOException {
        line.pause(time);
    }

    /** The right end of an answer in frames. */
    void end() throws IOException {
        if (held != null) {
            byte[] body = held.toByteArray();
            held = null;
            whole(200, heldType, heldHeaders, body);
            return;
        }
        if (gzip != null && deflated != null) {
            gzip.close();
            emit(taken(deflated));
        }
        if (chunked) {
            lastChunk();
        } else {
            finish();
        }
    }

    /** The connection is closed where the answer stands. */
    Severed cut() throws IOException {
        line.flush();
        return line.close();
    }

    private void head(int status, String type, String headers, long length, boolean inChunks) throws IOException {
        StringBuilder head = new StringBuilder(256);
        Fault interim = faults.find(FaultKind.INTERIM);
        if (interim != null) {
            head.append("HTTP/1.1 ").append(interim.number("status")).append(" Interim\r\nx-sim-interim: 1\r\n\r\n");
        }
        head.append("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(reason(status))
                .append("\r\n");
        if (!type.isEmpty()) {
            head.append("content-type: ").append(type).append("\r\n");
        }
        head.append(headers);
        if (faults.has(FaultKind.GZIP) || faults.has(FaultKind.WRONG_ENCODING)) {
            head.append("content-encoding: gzip\r\n");
        }
        if (length >= 0) {
            head.append("content-length: ").append(length).append("\r\n");
            if (faults.has(FaultKind.TWO_LENGTHS)) {
                head.append("content-length: ").append(length + 7).append("\r\n");
            }
        }
        if (inChunks) {
            head.append("transfer-encoding: chunked\r\n");
        }
        if (!keepAlive) {
            head.append("connection: close\r\n");
        }
        Fault bomb = faults.find(FaultKind.HEADER_BOMB);
        if (bomb != null) {
            line.put(head.toString());
            fill(bomb.bytes("bytes"));
            head.setLength(0);
        }
        line.put(head.append("\r\n").toString());
    }

    private void fill(long bytes) throws IOException {
        byte[] header = ("x-filler: " + "f".repeat(1_012) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        for (long sent = 0; sent < bytes; sent += header.length) {
            line.put(header);
        }
    }

    private void chunks(byte[] bytes) throws IOException {
        Fault frames = faults.find(FaultKind.SSE_FRAMES);
        if (frames != null) {
            int size = Math.max(1, (int) Math.min(frames.bytes("bytes"), 1 << 20));
            for (int at = 0; at < bytes.length; at += size) {
                byte[] part = new byte[Math.min(size, bytes.length - at)];
                System.arraycopy(bytes, at, part, 0, part.length);
                chunk(part);
                line.flush();
            }
            return;
        }
        Fault merge = faults.find(FaultKind.SSE_MERGED);
        if (merge == null) {
            chunk(bytes);
            return;
        }
        merging.write(bytes);
        if (++merged >= merge.number("events")) {
            flushMerged();
        }
    }

    private void flushMerged() throws IOException {
        merged = 0;
        chunk(taken(merging));
    }

    private void chunk(byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            return;
        }
        Fault bad = faults.find(FaultKind.BAD_CHUNK);
        if (bad != null && chunks >= bad.number("after")) {
            line.put("zz\r\n").put(bytes).put(CRLF);
            throw cut();
        }
        StringBuilder size = new StringBuilder(Integer.toHexString(bytes.length));
        Fault extension = faults.find(FaultKind.CHUNK_EXTENSION);
        if (extension != null) {
            size.append(";sim=\"")
                    .append("e".repeat((int) Math.min(extension.bytes("bytes"), 1 << 20)))
                    .append('"');
        }
        line.put(size.append("\r\n").toString()).put(bytes).put(CRLF);
        chunks++;
    }

    private void lastChunk() throws IOException {
        flushMerged();
        line.put("0\r\n\r\n");
        finish();
    }

    private void finish() throws IOException {
        if (faults.has(FaultKind.EXTRA_ANSWER)) {
            String body =
                    "{\"id\":\"chatcmpl-of-someone-else\",\"object\":\"chat.completion\",\"created\":0,\"model\":\"other\","
                            + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"not yours\"},\"finish_reason\":\"stop\"}]}";
            line.put("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + body.length()
                    + "\r\n\r\n" + body);
        }
        line.flush();
    }

    private static byte[] taken(ByteArrayOutputStream out) {
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }

    private static byte[] zipped(byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 2 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        }
        return out.toByteArray();
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 302 -> "Found";
            case 307 -> "Temporary Redirect";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 413 -> "Content Too Large";
            case 422 -> "Unprocessable Content";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "Status";
        };
    }
}
