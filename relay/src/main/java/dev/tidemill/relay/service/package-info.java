/** What the client port serves beside the relayed calls (files, batches, models) and all the admin port serves. */
@NullMarked
package dev.tidemill.relay.service;

import org.jspecify.annotations.NullMarked;
