package dev.tidemill.batch.file;

import dev.tidemill.relay.service.Call;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.commons.fileupload2.core.AbstractFileUpload;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.DiskFileItemFactory;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.RequestContext;

/** Commons FileUpload over a {@link Call}: only its streaming side, which keeps nothing but a buffer. */
final class Multipart extends AbstractFileUpload<Call, DiskFileItem, DiskFileItemFactory> {
    private static final int HEADER_BYTES = 8 << 10;

    Multipart() {
        setMaxPartHeaderSize(HEADER_BYTES);
        setHeaderCharset(StandardCharsets.UTF_8);
    }

    @Override
    public FileItemInputIterator getItemIterator(Call call) throws IOException {
        return getItemIterator((RequestContext) new Request(call));
    }

    @Override
    public Map<String, List<DiskFileItem>> parseParameterMap(Call call) throws FileUploadException {
        return parseParameterMap((RequestContext) new Request(call));
    }

    @Override
    public List<DiskFileItem> parseRequest(Call call) throws FileUploadException {
        return parseRequest((RequestContext) new Request(call));
    }

    private record Request(Call call) implements RequestContext {
        @Override
        public String getCharacterEncoding() {
            return "UTF-8";
        }

        @Override
        public long getContentLength() {
            return call.contentLength();
        }

        @Override
        public String getContentType() {
            String type = call.header("content-type");
            return type == null ? "" : type;
        }

        @Override
        public InputStream getInputStream() {
            return call.body();
        }

        @Override
        public boolean isMultipartRelated() {
            return false;
        }
    }
}
