package io.driftless.testkit.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The five services as they are delivered, each in a process of its own, on servers outside them.
 */
class ServicesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final int STOPPED_BY_SIGTERM = 143;

    @TempDir private Path home;

    @Test
    void keep_a_target_equal_to_the_source_and_stop_in_order() throws IOException {
        try (ServiceFleet fleet = new ServiceFleet(home, Map.of())) {
            SampleSource sample = new SampleSource(fleet.source());
            sample.make();
            fleet.start();

            fleet.awaitEqual();
            sample.edit();
            fleet.awaitEqual();

            for (ServiceProcess each : fleet.services()) {
                assertThat(fleet.liveness(each)).as("%s", each).isEqualTo(200);
            }
            fleet.services().forEach(ServiceProcess::terminate);
            for (ServiceProcess each : fleet.services()) {
                assertThat(each.exitWithin(STOP_LIMIT))
                        .as("%s", each)
                        .isEqualTo(STOPPED_BY_SIGTERM);
                assertThat(each.log()).as("%s", each).doesNotContain(" ERROR ");
            }
        }
    }

    @Test
    void refuse_to_start_with_a_bad_setting_and_say_which() throws IOException {
        Path empty = Files.createDirectory(home.resolve("empty"));

        ServiceProcess watcher =
                ServiceProcess.start(
                        "watcher-service",
                        empty,
                        Map.of("DRIFTLESS_FOLDER_ID", "sample"),
                        "--driftless.kafka.bootstrap-servers=b:9092",
                        "--driftless.watch.open-writer=1h");
        try {
            assertThat(watcher.exitWithin(PATIENCE)).isEqualTo(1);
            assertThat(watcher.log())
                    .contains("DL-1002 driftless.watch.open-writer is 1h; allowed is 10ms to 10m.")
                    .doesNotContain("\tat ");
        } finally {
            watcher.kill();
        }
    }

    @Test
    void give_the_agent_no_database_driver() throws IOException {
        try (JarFile jar = new JarFile(ServiceProcess.jar(ServiceFleet.AGENT).toFile())) {
            assertThat(jar.stream().map(entry -> entry.getName()))
                    .anyMatch(name -> name.contains("/sqlite-jdbc-"))
                    .noneMatch(name -> name.matches(".*/(postgresql|r2dbc|flyway)-[^/]*"));
        }
    }
}
