package dev.tidemill.relay.admission;

import dev.tidemill.core.limit.Allowance;

/** What one of a provider's keys may do by the configuration, over all models, and the lines of those who wait for it. */
record CredentialLimit(Allowance allowance, WaitingLines lines) {}
