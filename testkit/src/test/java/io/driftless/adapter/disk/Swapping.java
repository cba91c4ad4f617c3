package io.driftless.adapter.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Another process swaps two names as fast as it can, until closed. */
final class Swapping implements AutoCloseable {
    private static final int BEFORE_START = 3;

    private final CountDownLatch swaps = new CountDownLatch(BEFORE_START);
    private final Thread thread;

    private Swapping(Path one, Path other) {
        thread = Thread.ofPlatform().daemon().start(() -> swap(bytes(one), bytes(other)));
    }

    static Swapping of(Path one, Path other) throws InterruptedException {
        Swapping swapping = new Swapping(one, other);
        assertThat(swapping.swaps.await(10, TimeUnit.SECONDS)).isTrue();
        return swapping;
    }

    private static byte[] bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void swap(byte[] one, byte[] other) {
        while (!Thread.currentThread().isInterrupted()) {
            Names.rename(Flag.AT_FDCWD, one, Flag.AT_FDCWD, other, Flag.RENAME_EXCHANGE);
            swaps.countDown();
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
