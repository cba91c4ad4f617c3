package io.driftless.indexer;

import io.driftless.hosting.FlowApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The indexer as a process: it needs the source, Kafka and PostgreSQL. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(IndexerConfiguration.class)
public class IndexerApplication {
    private static final int PORT = 9402;

    /** Runs until stopped by a signal. */
    public static void main(String[] arguments) {
        FlowApplication.run(IndexerApplication.class, PORT, arguments);
    }
}
