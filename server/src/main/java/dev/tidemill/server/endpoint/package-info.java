/** What is served beside relaying and batches: models, health, metrics. */
@NullMarked
package dev.tidemill.server.endpoint;

import org.jspecify.annotations.NullMarked;
