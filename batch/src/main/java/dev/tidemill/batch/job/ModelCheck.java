package dev.tidemill.batch.job;

/** Whether a model is known and this key may use it, now. Called from several threads, does not block. */
@FunctionalInterface
public interface ModelCheck {
    boolean usable(String keyId, String model);
}
