package dev.tidemill.simulator.protocol;

/** Writes JSON strings; the rest of the simulator's JSON is short enough to be spelled out. */
public final class Json {
    private static final String HEX = "0123456789abcdef";

    private Json() {}

    /** {@code text} in quotes. */
    public static String quoted(CharSequence text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        quote(out, text);
        return out.toString();
    }

    /** Appends {@code text} in quotes. */
    public static void quote(StringBuilder out, CharSequence text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ') {
                out.append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else {
                out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        out.append('"');
    }
}
