package dev.tidemill.server.whole;

/** A {@code multipart/form-data} body by hand. */
final class Multipart {
    static final String TYPE = "content-type: multipart/form-data; boundary=tide\r\n";

    private final StringBuilder body = new StringBuilder();

    static Multipart batchFile(String filename, String text) {
        return new Multipart().field("purpose", "batch").file(filename, text);
    }

    Multipart field(String name, String value) {
        body.append("--tide\r\ncontent-disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n".formatted(name, value));
        return this;
    }

    Multipart file(String filename, String text) {
        body.append("--tide\r\ncontent-disposition: form-data; name=\"file\"; filename=\"%s\"\r\n\r\n"
                        .formatted(filename))
                .append(text)
                .append("\r\n");
        return this;
    }

    String text() {
        return body + "--tide--\r\n";
    }
}
