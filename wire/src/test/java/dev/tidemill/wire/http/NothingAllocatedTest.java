package dev.tidemill.wire.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** A message costs the collector nothing, once the code is warm. */
class NothingAllocatedTest {
    private static final int MESSAGES = 2_000;

    private final Head head = new Head();
    private final BodyWalker walker = new BodyWalker();

    @Test
    void messagesOfEachKindAllocateNothing() throws HttpException {
        for (String text : Corpus.REQUESTS) {
            assertThat(leastAllocated(Texts.bytes(text), true)).as(text).isZero();
        }
        for (String text : Corpus.RESPONSES) {
            assertThat(leastAllocated(Texts.bytes(text), false)).as(text).isZero();
        }
    }

    private long leastAllocated(byte[] a, boolean request) throws HttpException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < MESSAGES; i++) {
                readOne(a, request);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private void readOne(byte[] a, boolean request) throws HttpException {
        head.clear();
        int at = request ? head.request(a, 0, a.length) : head.response(a, 0, a.length, false);
        for (int i = 0; i < head.count(); i++) {
            Header.privateAnswer(head, i);
        }
        walker.begin(head.framing(), head.contentLength());
        while (walker.next(a, at, a.length)) {
            at = walker.position();
        }
    }
}
