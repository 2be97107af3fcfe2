/** Connections to providers: one pool a loop and provider, names resolved off the loop, TLS, proxies. */
@NullMarked
package dev.tidemill.relay.upstream;

import org.jspecify.annotations.NullMarked;
