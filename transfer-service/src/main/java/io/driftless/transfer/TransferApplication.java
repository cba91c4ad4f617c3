package io.driftless.transfer;

import io.driftless.hosting.FlowApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The transfer service as a process: it needs the source, Kafka, PostgreSQL and the store. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(TransferConfiguration.class)
public class TransferApplication {
    private static final int PORT = 9403;

    /** Runs until stopped by a signal. */
    public static void main(String[] arguments) {
        FlowApplication.run(TransferApplication.class, PORT, arguments);
    }
}
