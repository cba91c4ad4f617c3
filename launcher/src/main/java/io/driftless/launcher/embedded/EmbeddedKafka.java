package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A Kafka broker inside this process: one node that is its own controller, durable, reachable on
 * the loopback address only and only with a password that is kept in its directory.
 *
 * <p>What it acknowledged survives kill -9 of this process; the last seconds before a power failure
 * may be lost, as the broker leaves writing back to the operating system. A broker that gives up is
 * started again at the same address. Two of them never run on one directory.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final int PORT_TRIES = 5;

    private final DirectoryLock lock;
    private final KafkaKeeper keeper;
    private final Address address;

    private EmbeddedKafka(DirectoryLock lock, KafkaKeeper keeper, Address address) {
        this.lock = lock;
        this.keeper = keeper;
        this.address = address;
    }

    /**
     * Starts the broker and waits until it takes records; the first time in a directory it is set
     * up before. Blocks.
     *
     * @throws SyncException {@code STATE_IN_USE} where another broker has the directory, {@code
     *     PORT_IN_USE} for a port that was asked for, {@code START_FAILED} with the reason
     */
    public static EmbeddedKafka start(Settings settings) {
        try {
            DirectoryLock lock = DirectoryLock.take(settings.directory());
            try {
                return start(settings, lock);
            } catch (IOException | RuntimeException failed) {
                lock.close();
                throw failed;
            }
        } catch (IOException e) {
            throw new SyncException(
                    ErrorCode.START_FAILED,
                    "Kafka cannot use " + settings.directory() + ": " + e + ".",
                    e);
        }
    }

    private static EmbeddedKafka start(Settings settings, DirectoryLock lock) throws IOException {
        String password = new PasswordFile(settings.directory().resolve("password")).readOrMake();
        KafkaData data = new KafkaData(settings.directory());
        boolean isRestart = data.prepare();
        KafkaKeeper keeper = startAtChosenPorts(settings, data.path(), password);
        Address address = new Address(keeper.port(), password);
        if (isRestart) {
            StaleMembers.remove(address);
        }
        return new EmbeddedKafka(lock, keeper, address);
    }

    /** Ports that were free may be taken by the time that the broker binds them. */
    private static KafkaKeeper startAtChosenPorts(Settings settings, Path data, String password) {
        for (int triesLeft = PORT_TRIES; ; triesLeft--) {
            int port = LoopbackPort.chosen(settings.port());
            int controllerPort = LoopbackPort.chosen(settings.controllerPort());
            try {
                return KafkaKeeper.start(
                        new KafkaConfiguration(data, port, controllerPort, password),
                        settings.startTimeout());
            } catch (SyncException e) {
                boolean isChosenByUs =
                        port != settings.port() && controllerPort != settings.controllerPort();
                if (e.code() != ErrorCode.PORT_IN_USE || !isChosenByUs || triesLeft == 1) {
                    throw e;
                }
            }
        }
    }

    /** Where to connect to, the same for the life of this object. */
    public Address address() {
        return address;
    }

    /** Stops the broker with everything written. Blocks, for about a second. */
    @Override
    public void close() {
        try {
            keeper.close();
        } finally {
            lock.close();
        }
    }

    /**
     * @param directory where data and password are kept; made where it is missing
     * @param port of the broker; 0 for any that is free
     * @param controllerPort of the controller, which only the broker talks to; 0 for any
     * @param startTimeout how long a start may take, recovery after a crash included
     */
    public record Settings(Path directory, int port, int controllerPort, Duration startTimeout) {
        public static Settings in(Path directory) {
            return new Settings(directory, 0, 0, Duration.ofSeconds(60));
        }
    }

    /** How to reach the broker. Its text form keeps the password to itself. */
    public record Address(int port, String password) {
        public String bootstrapServers() {
            return LoopbackPort.HOST + ":" + port;
        }

        /** What clients need besides, in Kafka's own words. */
        public Map<String, String> security() {
            return KafkaConfiguration.clientSecurity(password);
        }

        @Override
        public String toString() {
            return bootstrapServers();
        }
    }
}
