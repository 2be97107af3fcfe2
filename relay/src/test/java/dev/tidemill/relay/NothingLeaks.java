package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Fails a test class in which a buffer was left behind; needs Netty's leak detection at paranoid, as the build sets it. */
public final class NothingLeaks implements BeforeAllCallback, AfterAllCallback {
    private final ListAppender<ILoggingEvent> records = new ListAppender<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        records.start();
        detector().addAppender(records);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        for (int i = 0; i < 3; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(20);
            for (int j = 0; j < 32; j++) {
                ByteBuf reports =
                        ByteBufAllocator.DEFAULT.directBuffer(64); // what was collected is told at the next one
                reports.release();
            }
        }
        detector().detachAppender(records);
        assertThat(records.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }

    private static Logger detector() {
        return (Logger) LoggerFactory.getLogger("io.netty.util.ResourceLeakDetector");
    }
}
