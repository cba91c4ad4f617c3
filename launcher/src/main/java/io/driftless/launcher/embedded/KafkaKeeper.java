package io.driftless.launcher.embedded;

import io.driftless.error.SyncException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a broker running: when it gives up, for example because its disk was full, it is started
 * again at the same ports, until that succeeds.
 */
final class KafkaKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaKeeper.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final KafkaConfiguration configuration;
    private final Duration startTimeout;
    private final BlockingQueue<String> deaths = new ArrayBlockingQueue<>(1);
    private final Thread thread;

    /** Absent while it is being started again. Guarded by this. */
    private @Nullable KafkaNode node;

    /** Guarded by this. */
    private boolean isClosed;

    private KafkaKeeper(KafkaConfiguration configuration, Duration startTimeout) {
        this.configuration = configuration;
        this.startTimeout = startTimeout;
        this.thread = Thread.ofPlatform().name("kafka-keeper").daemon().unstarted(this::keep);
    }

    /** Starts the broker; a failure of this first start is thrown. */
    static KafkaKeeper start(KafkaConfiguration configuration, Duration startTimeout) {
        KafkaKeeper keeper = new KafkaKeeper(configuration, startTimeout);
        keeper.startNode();
        keeper.thread.start();
        return keeper;
    }

    int port() {
        return configuration.port();
    }

    private synchronized void startNode() {
        if (!isClosed) {
            node = KafkaNode.start(configuration, startTimeout, deaths::offer);
        }
    }

    private void keep() {
        try {
            while (true) {
                LOG.atWarn().addKeyValue("reason", deaths.take()).log("broker is started again");
                while (!isBack()) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isBack() {
        try {
            stopNode();
            startNode();
            return true;
        } catch (SyncException e) {
            LOG.atWarn()
                    .addKeyValue("code", e.code().id())
                    .addKeyValue("reason", e.getMessage())
                    .log("broker is still down");
            return false;
        }
    }

    private synchronized void stopNode() {
        KafkaNode running = node;
        node = null;
        if (running != null) {
            running.stop(STOP_TIMEOUT);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        synchronized (this) {
            isClosed = true;
            stopNode();
        }
    }
}
