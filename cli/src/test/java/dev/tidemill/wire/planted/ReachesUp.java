package dev.tidemill.wire.planted;

import dev.tidemill.core.route.Routes;
import io.netty.buffer.ByteBuf;

/** What the format module must never hold; planted for {@code ModuleEdgesTest}. */
public record ReachesUp(Routes routes, ByteBuf buffer) {}
