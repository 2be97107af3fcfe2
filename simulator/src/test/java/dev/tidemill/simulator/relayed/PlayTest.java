package dev.tidemill.simulator.relayed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Cells can fail: here the client asks the provider itself, as behind a relay that lets everything through. */
class PlayTest {
    private static final Duration REST = Duration.ofMillis(300);

    /** A relay that knows of nothing. */
    private record Blind(long running, long memory, int idle, int failures, long droppedEvents, long statedTokens)
            implements Insight {
        static final Blind AT_REST = new Blind(0, 0, 0, 0, 0, 0);
    }

    @Test
    void aBrokenEventThatIsPassedOnIsSeen() throws Exception {
        assertThat(play("bad-json=4", true, Blind.AT_REST))
                .contains("unreadable: 1")
                .contains("dropped events: 0 (expected: 1)");
    }

    @Test
    void theRelaysOwnKeyIsSeen() throws Exception {
        assertThat(play("401", false, Blind.AT_REST)).contains("told the relay's key");
    }

    @Test
    void anotherModelThanTheProviderNamedIsSeen() throws Exception {
        assertThat(play("ok", false, Blind.AT_REST)).contains("model: [m] (expected: [sim])");
    }

    @Test
    void tokensThatAreNotOnRecordAreMissed() throws Exception {
        assertThat(play("usage=repeated", true, Blind.AT_REST)).contains("tokens on record: 0 (expected: ");
        assertThat(play("usage=missing", true, Blind.AT_REST)).doesNotContain("tokens on record");
    }

    @Test
    void aConnectionThatWasNotKeptIsMissed() throws Exception {
        assertThat(play("ok", true, Blind.AT_REST))
                .contains("left open: 0 (expected: 1)")
                .contains("wait for a request: 0 (expected: 1)")
                .contains("connections opened for the next request: 1 (expected: 0)");
    }

    @Test
    void whatIsHeldIsSeen() throws Exception {
        assertThat(play("ok", true, new Blind(0, FaultTable.MOST_HELD + 1, 0, 0, 0, 0)))
                .contains("bytes still held: ")
                .contains("bytes held: ");
    }

    @Test
    void moreOfTheTextThanTheProviderSaidBeforeItsErrorIsSeen() throws Exception {
        assertThat(play("error-event=3", true, Blind.AT_REST)).doesNotContain("seen: ");
        FaultRow row = FaultRow.row("-", "error-event=3", Cell.told(ErrorName.its("server_error", "", ""), 2));
        assertThat(play(row, true, Blind.AT_REST)).contains("seen: ");
    }

    private static String play(String fault, boolean stream, Insight relay) throws IOException, InterruptedException {
        FaultRow row = FaultTable.rows().stream()
                .filter(any -> any.notation(stream).equals(fault))
                .findFirst()
                .orElseThrow();
        return play(row, stream, relay);
    }

    private static String play(FaultRow row, boolean stream, Insight relay) throws IOException, InterruptedException {
        try (Upstream provider = Upstream.of(row, stream)) {
            InetSocketAddress address = new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), provider.simulator().port());
            Caller caller = new Caller(address, Upstream.KEY, Duration.ofSeconds(5));
            return new Play(row, Api.CHAT, stream, caller, provider, relay, REST)
                    .trial()
                    .complaints()
                    .toString();
        }
    }
}
