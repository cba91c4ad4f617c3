package io.driftless.agent;

import io.driftless.hosting.FlowApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * The agent of one target as a process: it needs Kafka, the store to read, and the folder's public
 * key.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(AgentConfiguration.class)
public class AgentApplication {
    private static final int PORT = 9404;

    /** Runs until stopped by a signal. */
    public static void main(String[] arguments) {
        FlowApplication.run(AgentApplication.class, PORT, arguments);
    }
}
