package io.driftless.launcher.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CountDownLatch isWriting = new CountDownLatch(1);
    private final CountDownLatch isRead = new CountDownLatch(1);
    private final ByteArrayOutputStream beside = new ByteArrayOutputStream();

    /** As a pager that shows its first page. */
    private final OutputStream pipe =
            new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    isWriting.countDown();
                    try {
                        isRead.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
            };

    private final Console console =
            new Console(
                    new PrintStream(pipe, true, StandardCharsets.UTF_8),
                    new PrintStream(beside, true, StandardCharsets.UTF_8),
                    new Terminal(false, 80, false));

    /** Work says what is wrong there, through the log. */
    @Test
    void standard_error_does_not_wait_for_who_reads_standard_output() throws Exception {
        Thread printing = Thread.ofPlatform().daemon().start(() -> console.out("a result"));
        isWriting.await();

        Thread working =
                Thread.ofPlatform().daemon().start(() -> console.errors().println("what is wrong"));

        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(beside.toString(StandardCharsets.UTF_8))
                                .contains("what is wrong"));
        isRead.countDown();
        assertThat(printing.join(PATIENCE)).isTrue();
        assertThat(working.join(PATIENCE)).isTrue();
    }
}
