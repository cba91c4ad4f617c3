package io.driftless.launcher.output;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log beside the state: what happened, at most some 40 MB of it. Where it goes is known only
 * after the options are.
 */
public final class LogFile {
    private static final String NAME = "state-log";
    private static final int KEPT = 4;
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg %kvp%n%ex";

    private LogFile() {}

    /** Begins to log into a directory, made when it is missing; with {@code VERBOSE} in detail. */
    public static void write(Path directory, Verbosity verbosity) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return; // Another logging back end, as some embedders have, is configured by them.
        }
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        if (verbosity == Verbosity.VERBOSE) {
            context.getLogger("io.driftless").setLevel(Level.DEBUG);
        }
        root.detachAppender(NAME);
        root.addAppender(appender(context, directory.resolve("driftless.log").toString()));
    }

    private static RollingFileAppender<ILoggingEvent> appender(LoggerContext context, String file) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
        window.setContext(context);
        window.setParent(appender);
        window.setFileNamePattern(file + ".%i");
        window.setMaxIndex(KEPT);
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setMaxFileSize(FileSize.valueOf("8MB"));
        size.setContext(context);
        appender.setContext(context);
        appender.setName(NAME);
        appender.setFile(file);
        appender.setEncoder(encoder);
        appender.setRollingPolicy(window);
        appender.setTriggeringPolicy(size);
        window.start();
        size.start();
        appender.start();
        return appender;
    }
}
