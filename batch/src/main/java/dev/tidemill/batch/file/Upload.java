package dev.tidemill.batch.file;

import dev.tidemill.batch.Limits;
import dev.tidemill.batch.Queries;
import dev.tidemill.core.Failure;
import dev.tidemill.relay.service.Call;
import dev.tidemill.relay.service.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.fileupload2.core.FileItemInput;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.jspecify.annotations.Nullable;

/**
 * One {@code multipart/form-data} body with the fields {@code file}, {@code purpose}, {@code expires_after[anchor]} and
 * {@code expires_after[seconds]} in any order. The file goes to a draft as it arrives, whatever its purpose turns out to
 * be; memory is constant.
 */
final class Upload {
    private static final int PARTS = 16;
    private static final int FIELD_BYTES = 1 << 10;
    private static final int FILENAME_CHARS = 255;

    private final Limits limits;
    private final BlobDraft draft;
    private final FirstLine firstLine = new FirstLine();
    private final Map<String, String> fields = new HashMap<>();
    private @Nullable String filename;

    Upload(Limits limits, BlobDraft draft) {
        this.limits = limits;
        this.draft = draft;
    }

    void read(Call call) throws IOException, ServiceException {
        String type = call.header("content-type");
        if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            throw Queries.refused(
                    "file",
                    "content-type: " + (type == null ? "missing" : Queries.shown(type))
                            + " (expected: multipart/form-data with the fields file and purpose)");
        }
        try {
            FileItemInputIterator parts = new Multipart().getItemIterator(call);
            for (int count = 0; parts.hasNext(); count++) {
                if (count == PARTS) {
                    throw Queries.refused(
                            "file",
                            "multipart body: more than " + PARTS + " parts (expected: file, "
                                    + "purpose and at most two more)");
                }
                part(parts.next());
            }
        } catch (FileUploadException e) {
            if (e.getCause() instanceof IOException io && !(io instanceof FileUploadException)) {
                throw io; // the connection's own failure, or the body's limit
            }
            throw Queries.refused("file", "multipart body: " + Queries.shown(String.valueOf(e.getMessage())));
        }
    }

    private void part(FileItemInput part) throws IOException, ServiceException {
        String name = part.getFieldName();
        try (InputStream body = part.getInputStream()) {
            if (!"file".equals(name)) {
                byte[] value = body.readNBytes(FIELD_BYTES + 1);
                if (value.length > FIELD_BYTES) {
                    throw Queries.refused(
                            name == null ? null : Queries.shown(name),
                            "a field of more than " + FIELD_BYTES + " bytes (expected: at most " + FIELD_BYTES + ")");
                }
                if (name != null) {
                    fields.put(name, new String(value, StandardCharsets.UTF_8));
                }
                return;
            }
            if (filename != null) {
                throw Queries.refused("file", "file: given twice (expected: once)");
            }
            filename = cleanName(part.getName());
            copy(body);
        }
    }

    private void copy(InputStream body) throws IOException, ServiceException {
        byte[] buffer = new byte[64 << 10];
        for (int read; (read = body.read(buffer)) >= 0; ) {
            if (draft.size() + read > limits.fileBytes()) {
                throw new ServiceException(new Failure(
                        Failure.Kind.TOO_LARGE,
                        "file",
                        "file_too_large",
                        "file: more than " + limits.fileBytes() + " bytes (expected: at most that)",
                        null,
                        null));
            }
            firstLine.write(buffer, 0, read);
            draft.write(buffer, 0, read);
        }
    }

    /** What the client called its file, without directories and control characters. */
    private static String cleanName(@Nullable String given) {
        String name = given == null ? "" : given;
        name = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        StringBuilder clean = new StringBuilder();
        name.codePoints()
                .filter(c -> !Character.isISOControl(c))
                .limit(FILENAME_CHARS)
                .forEach(clean::appendCodePoint);
        return clean.isEmpty() ? "file" : clean.toString();
    }

    /** The checked purpose; also whether the file is one of it. */
    Purpose purpose() throws ServiceException {
        String word = fields.get("purpose");
        Purpose purpose = word == null ? null : Purpose.of(word);
        if (purpose == null || !purpose.uploadable()) {
            throw Queries.refused(
                    "purpose",
                    "purpose: " + (word == null ? "missing" : Queries.shown(word)) + " (expected: one of "
                            + String.join(", ", Purpose.uploadableWords()) + ")");
        }
        if (filename == null) {
            throw new ServiceException(
                    Failure.invalid("file", "missing_required_parameter", "file: missing (expected: a file part)"));
        }
        if (purpose == Purpose.BATCH) {
            checkBatchFile();
        }
        return purpose;
    }

    private void checkBatchFile() throws ServiceException {
        if (!filename().toLowerCase(Locale.ROOT).endsWith(".jsonl")) {
            throw badFile(
                    "Invalid file format for Batch API. Must be .jsonl (file name: " + Queries.shown(filename()) + ")");
        }
        if (draft.size() > limits.batchFileBytes()) {
            throw badFile("File is too large: " + draft.size() + " bytes (expected: at most " + limits.batchFileBytes()
                    + " for purpose batch)");
        }
        if (draft.size() == 0) {
            throw badFile("Invalid file format for Batch API: the file is empty (expected: jsonl, one JSON object a "
                    + "line)");
        }
        if (firstLine.present() && !firstLine.json()) {
            throw badFile("Invalid file format for Batch API: the first line is not JSON (expected: jsonl, one JSON "
                    + "object a line)");
        }
    }

    private static ServiceException badFile(String message) {
        return new ServiceException(Failure.invalid("file", "invalid_file_format", message));
    }

    /** Seconds the file is to be kept; null: not asked for. */
    @Nullable
    Long expiresAfter() throws ServiceException {
        String anchor = fields.get("expires_after[anchor]");
        String seconds = fields.get("expires_after[seconds]");
        if (anchor == null && seconds == null) {
            return null;
        }
        Long number;
        try {
            number = seconds == null ? null : Long.valueOf(seconds.strip());
        } catch (NumberFormatException e) {
            number = null;
        }
        return Retention.seconds("expires_after", anchor, number);
    }

    String filename() {
        return filename == null ? "" : filename;
    }
}
