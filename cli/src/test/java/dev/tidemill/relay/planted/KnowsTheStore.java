package dev.tidemill.relay.planted;

import dev.tidemill.store.Store;

/** What the live path must never hold; planted for {@code ModuleEdgesTest}. */
public record KnowsTheStore(Store store) {}
