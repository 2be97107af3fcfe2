package dev.tidemill.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * The program's own log goes to standard error, at the level of {@code TIDEMILL_LOG} (error, warn, info, debug, trace; info
 * when unset, for commands that people watch warn). Said in code rather than XML because parsing that costs a tenth of a second at each start.
 */
public final class StderrLog extends ContextAwareBase implements Configurator {
    /** The level where {@code TIDEMILL_LOG} says none. */
    public static final String USUAL = "tidemill.log";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(new LogLine());
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Level level =
                Level.toLevel(System.getenv("TIDEMILL_LOG"), Level.toLevel(System.getProperty(USUAL), Level.INFO));
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
        root.addAppender(appender);
        context.getLogger("dev.tidemill").setLevel(level);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
