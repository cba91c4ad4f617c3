package io.driftless.launcher.embedded;

import io.driftless.launcher.embedded.EmbeddedPostgres.Settings;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Runs a server, says its process number and waits to be killed. */
final class ServerInAnotherProcess {
    private ServerInAnotherProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedPostgres server = EmbeddedPostgres.start(Settings.in(Path.of(arguments[0])));
        System.out.println(server.process().pid());
        new CountDownLatch(1).await();
    }
}
