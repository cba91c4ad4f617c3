package io.driftless.reconciler;

import io.driftless.hosting.FlowApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The reconciler as a process: it needs Kafka, PostgreSQL and the store. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ReconcilerConfiguration.class)
public class ReconcilerApplication {
    private static final int PORT = 9400;

    /** Runs until stopped by a signal. */
    public static void main(String[] arguments) {
        FlowApplication.run(ReconcilerApplication.class, PORT, arguments);
    }
}
