package io.driftless.launcher.embedded;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 service inside this process, on a directory, reachable on the loopback address only and
 * only with a key that is kept in the directory. For tests and trials: it does not fsync, so what
 * it acknowledged may be lost with the machine's power.
 */
public final class EmbeddedS3 implements AutoCloseable {
    private static final String ACCESS_KEY = "driftless";
    private static final int MAX_THREADS = 64;
    private static final long MAX_OBJECT_BYTES = 64L << 20;

    private final DirectoryLock lock;
    private final S3Proxy server;
    private final Address address;

    private EmbeddedS3(DirectoryLock lock, S3Proxy server, Address address) {
        this.lock = lock;
        this.server = server;
        this.address = address;
    }

    /**
     * Starts the service and waits until it answers. Blocks, for about a second.
     *
     * @param port 0 for any that is free
     * @throws SyncException {@code STATE_IN_USE}, {@code PORT_IN_USE} or {@code START_FAILED}
     */
    public static EmbeddedS3 start(Path directory, int port) {
        try {
            DirectoryLock lock = DirectoryLock.take(directory);
            try {
                return start(directory, LoopbackPort.chosen(port), lock);
            } catch (IOException | RuntimeException failed) {
                lock.close();
                throw failed;
            }
        } catch (IOException e) {
            throw notStarted(directory, e);
        }
    }

    private static EmbeddedS3 start(Path directory, int port, DirectoryLock lock)
            throws IOException {
        String secret = new PasswordFile(directory.resolve("secret")).readOrMake();
        URI endpoint = URI.create("http://" + LoopbackPort.HOST + ":" + port);
        Path data = Files.createDirectories(directory.resolve("data"));
        S3Proxy server =
                S3Proxy.builder()
                        .blobStore(new FilesystemNio2BlobStore(data.toString()))
                        .endpoint(endpoint)
                        .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, secret)
                        .maxSinglePartObjectSize(MAX_OBJECT_BYTES)
                        .v4MaxNonChunkedRequestSize(MAX_OBJECT_BYTES)
                        .ignoreUnknownHeaders(true)
                        .jettyMaxThreads(MAX_THREADS)
                        .build();
        try {
            server.start();
        } catch (Exception e) { // It declares no less.
            throw notStarted(directory, e);
        }
        return new EmbeddedS3(lock, server, new Address(endpoint, ACCESS_KEY, secret));
    }

    private static SyncException notStarted(Path directory, Exception cause) {
        return new SyncException(
                ErrorCode.START_FAILED, "S3 did not start in " + directory + ": " + cause, cause);
    }

    public Address address() {
        return address;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) { // It declares no less.
            throw new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "S3 did not stop: " + e, e);
        } finally {
            lock.close();
        }
    }

    /** How to reach the service. Its text form keeps the secret to itself. */
    public record Address(URI endpoint, String accessKey, String secretKey) {
        @Override
        public String toString() {
            return endpoint.toString();
        }
    }
}
