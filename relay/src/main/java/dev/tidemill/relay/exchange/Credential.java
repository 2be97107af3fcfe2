package dev.tidemill.relay.exchange;

import org.jspecify.annotations.Nullable;

/** What a caller shows to say who it is. One object a downstream, filled anew for each request. */
public final class Credential {
    /** Kinds of credential. */
    public enum Kind {
        NONE,
        /** The same call carries two keys that differ. */
        CONFLICT,
        /** The text of a key in {@code bytes[from, to)}. */
        PRESENTED,
        /** Known already: the owner of a batch. */
        OWNER
    }

    private Kind kind = Kind.NONE;
    private byte[] bytes = {};
    private int from;
    private int to;
    private @Nullable String keyId;

    public Credential none() {
        kind = Kind.NONE;
        return this;
    }

    public Credential conflict() {
        kind = Kind.CONFLICT;
        return this;
    }

    public Credential presented(byte[] a, int start, int end) {
        kind = Kind.PRESENTED;
        bytes = a;
        from = start;
        to = end;
        return this;
    }

    public Credential owner(String id) {
        kind = Kind.OWNER;
        keyId = id;
        return this;
    }

    public Kind kind() {
        return kind;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int from() {
        return from;
    }

    public int to() {
        return to;
    }

    /** The owner's key id; null unless {@link Kind#OWNER}. */
    public @Nullable String keyId() {
        return keyId;
    }
}
