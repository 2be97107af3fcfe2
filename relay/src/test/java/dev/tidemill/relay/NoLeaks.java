package dev.tidemill.relay;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Fails a test class after which Netty tells of a buffer that was not released. Tests run with paranoid detection. */
public final class NoLeaks implements BeforeAllCallback, AfterAllCallback {
    private final ListAppender<ILoggingEvent> told = new ListAppender<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        told.start();
        logger().setLevel(Level.ERROR);
        logger().addAppender(told);
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        // A leak is told when a buffer is allocated after the lost one was collected.
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(20);
            for (int j = 0; j < 200; j++) {
                ByteBufAllocator.DEFAULT.directBuffer(64).release();
            }
        }
        logger().detachAppender(told);
        assertThat(List.copyOf(told.list))
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEmpty();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    }
}
