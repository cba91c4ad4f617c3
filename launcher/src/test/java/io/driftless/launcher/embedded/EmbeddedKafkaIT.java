package io.driftless.launcher.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.launcher.embedded.EmbeddedKafka.Address;
import io.driftless.launcher.embedded.EmbeddedKafka.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.utils.Exit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class EmbeddedKafkaIT {
    @TempDir Path directory;

    @Test
    void lets_in_who_knows_the_password_and_nobody_else() throws Exception {
        try (EmbeddedKafka broker = start()) {
            new KafkaClient(broker.address()).makeTopic();
            Address guessed = new Address(broker.address().port(), "guessed");

            assertThatThrownBy(() -> new KafkaClient(guessed).makeTopic())
                    .hasRootCauseInstanceOf(SaslAuthenticationException.class);
            assertThat(broker.address().toString()).doesNotContain(broker.address().password());
            assertThat(Files.getPosixFilePermissions(directory.resolve("password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void keeps_records_from_one_start_to_the_next() throws Exception {
        try (EmbeddedKafka broker = start()) {
            KafkaClient client = new KafkaClient(broker.address());
            client.makeTopic();
            client.send("before");
        }

        try (EmbeddedKafka broker = start()) {
            KafkaClient client = new KafkaClient(broker.address());
            client.send("after");
            assertThat(client.consume(2)).containsExactly("before", "after");
        }
    }

    @Test
    void keeps_what_it_acknowledged_when_its_process_is_killed() throws Exception {
        killAnotherProcess();

        try (EmbeddedKafka broker = start()) {
            List<String> all = new KafkaClient(broker.address()).consume(100);

            assertThat(all).isEqualTo(IntStream.range(0, 100).mapToObj(i -> "n" + i).toList());
        }
    }

    @Test
    void does_not_let_a_group_wait_for_members_of_a_killed_process() throws Exception {
        killAnotherProcess();

        try (EmbeddedKafka broker = start()) {
            KafkaClient client = new KafkaClient(broker.address());
            long begin = System.nanoTime();
            client.consume(100);

            // The session of the killed member has 45 s.
            Duration waited = Duration.ofNanos(System.nanoTime() - begin);
            assertThat(waited).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void comes_back_at_the_same_address_after_it_gave_up() throws Exception {
        try (EmbeddedKafka broker = start()) {
            KafkaClient client = new KafkaClient(broker.address());
            client.makeTopic();
            client.send("before");

            assertThatThrownBy(() -> Exit.halt(1, "as when its disk is full"))
                    .isInstanceOf(SyncException.class);

            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> client.consume(1).equals(List.of("before")));
            client.send("after");
        }
    }

    @Test
    void stops_within_three_seconds_while_a_member_is_there() throws Exception {
        EmbeddedKafka broker = start();
        KafkaClient client = new KafkaClient(broker.address());
        client.makeTopic();
        client.send("x");
        try (var member = client.member()) {
            member.subscribe(List.of(KafkaClient.TOPIC));
            await().until(() -> !member.poll(Duration.ofMillis(100)).isEmpty());
            long begin = System.nanoTime();
            broker.close();

            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.ofSeconds(3));
            member.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    @Test
    void refuses_a_second_broker_in_its_directory() {
        try (EmbeddedKafka broker = start()) {
            assertFailsWith(ErrorCode.STATE_IN_USE, this::start);
            assertThat(broker.address().port()).isPositive();
        }
    }

    @Test
    void refuses_a_port_that_is_taken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            Duration timeout = Duration.ofSeconds(30);
            Settings broker = new Settings(directory, port, 0, timeout);
            Settings controller = new Settings(directory, 0, port, timeout);

            assertFailsWith(ErrorCode.PORT_IN_USE, () -> EmbeddedKafka.start(broker));
            assertFailsWith(ErrorCode.PORT_IN_USE, () -> EmbeddedKafka.start(controller));
        }
        start().close();
    }

    @Test
    void says_why_it_does_not_start_and_lets_the_process_live() throws Exception {
        start().close();
        Path meta = directory.resolve("data/meta.properties");
        String before = Files.readString(meta);
        Files.writeString(meta, "version=1\ncluster.id=x\nnode.id=7\n");

        assertFailsWith(ErrorCode.START_FAILED, this::start);
        assertFailsWith(ErrorCode.START_FAILED, this::start); // and not STATE_IN_USE

        Files.writeString(meta, before);
        start().close();
    }

    private void killAnotherProcess() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process other =
                new ProcessBuilder(
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                KafkaInAnotherProcess.class.getName(),
                                directory.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader lines = other.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("ready");
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    private EmbeddedKafka start() {
        return EmbeddedKafka.start(Settings.in(directory));
    }

    private static void assertFailsWith(ErrorCode code, ThrowingCallable start) {
        assertThatThrownBy(start)
                .isInstanceOfSatisfying(
                        SyncException.class, failed -> assertThat(failed.code()).isEqualTo(code));
    }
}
