package io.driftless.bench;

import io.driftless.launcher.embedded.EmbeddedKafka;
import io.driftless.launcher.embedded.EmbeddedPostgres;
import io.driftless.launcher.embedded.EmbeddedS3;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/**
 * One of the launcher's servers as a process of its own, so that it can be accounted for and killed
 * alone: {@code s3}, {@code kafka} or {@code postgres}, a directory, and a port, 0 for any. Prints
 * on one line how it is reached, passwords included, which are of no use beyond this machine and
 * this directory. Ends when it is told to.
 */
final class Server {
    private Server() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[1]));
        int port = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0;
        try (AutoCloseable server =
                switch (arguments[0]) {
                    case "s3" -> s3(directory, port);
                    case "kafka" -> kafka(directory, port);
                    case "postgres" -> postgres(directory, port);
                    default -> throw new IllegalArgumentException(arguments[0]);
                }) {
            new CountDownLatch(1).await();
        }
    }

    /** Address, access key, secret key. */
    private static AutoCloseable s3(Path directory, int port) {
        EmbeddedS3 server = EmbeddedS3.start(directory, port);
        EmbeddedS3.Address at = server.address();
        System.out.println(at.endpoint() + " " + at.accessKey() + " " + at.secretKey());
        return server;
    }

    /** Address, and the file with what clients need besides. */
    private static AutoCloseable kafka(Path directory, int port) throws IOException {
        var settings = EmbeddedKafka.Settings.in(directory);
        EmbeddedKafka server =
                EmbeddedKafka.start(
                        new EmbeddedKafka.Settings(directory, port, 0, settings.startTimeout()));
        Properties client = new Properties();
        client.putAll(server.address().security());
        Path file = directory.resolve("client.properties");
        try (Writer out = Files.newBufferedWriter(file)) {
            client.store(out, null);
        }
        System.out.println(server.address().bootstrapServers() + " " + file);
        return server;
    }

    /** Host, port, database, user, password. */
    private static AutoCloseable postgres(Path directory, int port) {
        var settings = EmbeddedPostgres.Settings.in(directory);
        EmbeddedPostgres server =
                EmbeddedPostgres.start(
                        new EmbeddedPostgres.Settings(
                                directory,
                                settings.cacheDirectory(),
                                port,
                                settings.startTimeout(),
                                settings.stopTimeout()));
        EmbeddedPostgres.Address at = server.address();
        System.out.println(
                String.join(
                        " ",
                        at.host(),
                        Integer.toString(at.port()),
                        at.database(),
                        at.user(),
                        at.password()));
        return server;
    }
}
