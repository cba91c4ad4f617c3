package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/** The directory that holds the broker's logs. */
final class KafkaData {
    private final Path root;

    KafkaData(Path root) {
        this.root = root;
    }

    Path path() {
        return root.resolve("data");
    }

    /**
     * Sets it up where there is none yet: beside its place, then renamed.
     *
     * @return true where it was there already
     */
    boolean prepare() throws IOException {
        if (Files.isDirectory(path())) {
            return true;
        }
        Path nursery = root.resolve("nursery");
        new FileTree(nursery).delete();
        Files.createDirectory(nursery);
        format(nursery);
        Files.move(nursery, path(), StandardCopyOption.ATOMIC_MOVE);
        return false;
    }

    private static void format(Path directory) {
        try (PrintStream nowhere =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(nowhere)
                    .setNodeId(KafkaConfiguration.NODE)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setControllerListenerName(KafkaConfiguration.CONTROLLER)
                    .setMetadataLogDirectory(directory.toString())
                    .addDirectory(directory.toString())
                    .run();
        } catch (Exception e) { // The formatter declares no less.
            throw new SyncException(
                    ErrorCode.START_FAILED, "Kafka cannot set up " + directory + ": " + e, e);
        }
    }
}
