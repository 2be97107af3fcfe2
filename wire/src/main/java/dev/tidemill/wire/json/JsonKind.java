package dev.tidemill.wire.json;

/** What kind of value stands somewhere; {@link #ABSENT} where none does. */
public enum JsonKind {
    ABSENT("nothing"),
    OBJECT("an object"),
    ARRAY("an array"),
    STRING("a string"),
    NUMBER("a number"),
    TRUE("true"),
    FALSE("false"),
    NULL("null");

    private final String words;

    JsonKind(String words) {
        this.words = words;
    }

    /** As it reads in a message: {@code a string}. */
    public String words() {
        return words;
    }

    /** Whether it is {@link #TRUE} or {@link #FALSE}. */
    public boolean isBoolean() {
        return this == TRUE || this == FALSE;
    }

    /** Whether there is no value, or null. */
    public boolean isNullish() {
        return this == ABSENT || this == NULL;
    }

    /** By the first byte of a value; {@link #ABSENT} for a byte no value starts with. */
    public static JsonKind of(byte first) {
        return switch (first) {
            case '{' -> OBJECT;
            case '[' -> ARRAY;
            case '"' -> STRING;
            case 't' -> TRUE;
            case 'f' -> FALSE;
            case 'n' -> NULL;
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> NUMBER;
            default -> ABSENT;
        };
    }
}
