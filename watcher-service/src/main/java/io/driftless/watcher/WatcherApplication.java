package io.driftless.watcher;

import io.driftless.hosting.FlowApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The watcher as a process: it needs the source and Kafka. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(WatcherConfiguration.class)
public class WatcherApplication {
    private static final int PORT = 9401;

    /** Runs until stopped by a signal. */
    public static void main(String[] arguments) {
        FlowApplication.run(WatcherApplication.class, PORT, arguments);
    }
}
