package dev.tidemill.wire.http;

import java.util.List;
import java.util.Random;

/** Makes broken and nearly broken messages out of sound ones. */
final class Mutator {
    private static final String[] PIECES = {
        "\r\n",
        "\n",
        "\r",
        " ",
        "\t",
        ":",
        ",",
        ";",
        "0",
        "5",
        "a",
        "-",
        "+",
        "_",
        "0x",
        "\0",
        "\u007f",
        "\u0080",
        "\u000b",
        "\"",
        "\\",
        "%",
        "%2",
        "/",
        "?",
        "[",
        "{",
        "\r\n ",
        "\r\n\r\n",
        "0\r\n\r\n",
        "chunked",
        "identity",
        "Content-Length: 5\r\n",
        "Content-Length: 3, 3\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Host: other\r\n",
        "Connection: close\r\n",
        "Connection: content-length\r\n",
        "X: y\r\n",
        "Content_Length: 5\r\n",
        ";a=b",
        "ffffffffffffffff",
        "HTTP/1.1",
        "HTTP/1.0",
        "HTTP/2.0",
        "GET / HTTP/1.1\r\nHost: b\r\n\r\n"
    };

    private final Random random;

    Mutator(Random random) {
        this.random = random;
    }

    String mutate(List<String> corpus) {
        String text = corpus.get(random.nextInt(corpus.size()));
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times; i++) {
            text = once(text, corpus);
        }
        return text;
    }

    private String once(String text, List<String> corpus) {
        int body = text.indexOf("\r\n\r\n") + 4;
        boolean inBody = body < text.length() && random.nextInt(3) == 0;
        int at = inBody ? random.nextInt(body, text.length() + 1) : random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), at + 1 + random.nextInt(random.nextBoolean() ? 2 : 20));
        return switch (random.nextInt(9)) {
            case 0 -> text.substring(0, at) + (char) random.nextInt(256) + text.substring(at);
            case 1 ->
                text.substring(0, at) + (char) random.nextInt(256) + text.substring(Math.min(text.length(), at + 1));
            case 2, 3 -> text.substring(0, at) + PIECES[random.nextInt(PIECES.length)] + text.substring(at);
            case 4 -> text.substring(0, at) + PIECES[random.nextInt(PIECES.length)] + text.substring(to);
            case 5 -> text.substring(0, at) + text.substring(to);
            case 6 -> text.substring(0, to) + text.substring(at);
            case 7 -> atLineStart(text, at);
            default -> text.substring(0, at) + corpus.get(random.nextInt(corpus.size()));
        };
    }

    /** Puts a piece where a line starts: most of what matters happens there. */
    private String atLineStart(String text, int at) {
        int line = text.indexOf("\r\n", at);
        int start = line < 0 ? 0 : line + 2;
        return text.substring(0, start) + PIECES[random.nextInt(PIECES.length)] + text.substring(start);
    }

    /** Up to four places to cut an input, in order. */
    int[] cuts(int length) {
        return random.ints(random.nextInt(5), 0, length + 1).sorted().toArray();
    }
}
