package io.driftless.bench;

import io.driftless.launcher.embedded.EmbeddedS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * The launcher's S3 service as a process of its own, so that what it uses is not counted for the
 * one who is measured. Prints its address, its access key and its secret key, which are of no use
 * beyond this machine and this directory. Ends when it is told to.
 */
final class S3Server {
    private S3Server() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        try (EmbeddedS3 server = EmbeddedS3.start(directory, 0)) {
            EmbeddedS3.Address address = server.address();
            System.out.println(
                    String.join(
                            " ",
                            address.endpoint().toString(),
                            address.accessKey(),
                            address.secretKey()));
            new CountDownLatch(1).await();
        }
    }
}
