package io.driftless.hosting;

import io.driftless.adapter.circuit.PacedStore;
import io.driftless.adapter.s3.S3Settings;
import io.driftless.port.BlockStore;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import reactor.core.scheduler.Scheduler;

/**
 * Where blocks, pages and commits are kept: in a directory or in a bucket.
 *
 * @param directory of a file system that all who use the store share
 * @param maxRequestsPerSecond of this process; 0 for no limit
 * @param maxBytesPerSecond that this process puts and gets; 0 for no limit
 */
@ConfigurationProperties(prefix = "driftless.store", ignoreUnknownFields = false)
public record StoreProperties(
        @DefaultValue("") String directory,
        @DefaultValue("0") int maxRequestsPerSecond,
        @DefaultValue("0") DataSize maxBytesPerSecond,
        @DefaultValue S3 s3) {
    private static final String KEY = "driftless.store.";
    private static final long LEAST_BYTES = 64 << 10;
    private static final long MOST_BYTES = 1L << 40;

    public StoreProperties {
        boolean isDirectory = !directory.isBlank();
        boolean isBucket = !s3.bucket().isBlank();
        Allowed.check(
                isDirectory != isBucket,
                KEY + "directory",
                isDirectory ? directory + " beside " + KEY + "s3.bucket " + s3.bucket() : "",
                "one of " + KEY + "directory and " + KEY + "s3.bucket");
        Allowed.between(KEY + "max-requests-per-second", maxRequestsPerSecond, 0, 1_000_000);
        long bytes = maxBytesPerSecond.toBytes();
        Allowed.size(KEY + "max-bytes-per-second", bytes, bytes == 0 ? 0 : LEAST_BYTES, MOST_BYTES);
        if (isDirectory) {
            Allowed.absolutePath(KEY + "directory", directory);
        } else {
            s3.check();
        }
    }

    /** As fast as it may be asked. */
    BlockStore paced(BlockStore store, Scheduler timer) {
        long bytes = maxBytesPerSecond.toBytes();
        return maxRequestsPerSecond == 0 && bytes == 0
                ? store
                : new PacedStore(
                        store,
                        maxRequestsPerSecond == 0
                                ? OptionalInt.empty()
                                : OptionalInt.of(maxRequestsPerSecond),
                        bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes),
                        timer);
    }

    /** The directory, where the store is one. */
    Optional<Path> path() {
        return directory.isBlank()
                ? Optional.empty()
                : Optional.of(Allowed.absolutePath(KEY + "directory", directory));
    }

    /**
     * A bucket of any S3 service. {@code bucket} empty: no bucket is meant.
     *
     * @param endpoint {@code http} or {@code https} address of the service
     * @param prefix before every key, without slashes around it
     * @param sessionToken of temporary credentials
     * @param createBucket true where a missing bucket is to be made
     */
    public record S3(
            @DefaultValue("") String endpoint,
            @DefaultValue("") String bucket,
            @DefaultValue("") String prefix,
            @DefaultValue("us-east-1") String region,
            @DefaultValue("") String accessKey,
            @DefaultValue("") String secretKey,
            @DefaultValue("") String sessionToken,
            @DefaultValue("false") boolean createBucket) {
        private static final String KEY = StoreProperties.KEY + "s3.";

        /** Only where a bucket is meant. */
        void check() {
            Allowed.check(
                    endpoint.matches("https?://[^\\s/]+(/\\S*)?"),
                    KEY + "endpoint",
                    endpoint,
                    "an http or https address");
            Allowed.check(
                    bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
                    KEY + "bucket",
                    bucket,
                    "3 to 63 of a-z 0-9 . -, letters or digits at both ends");
            Allowed.check(
                    prefix.matches("([a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*)?"),
                    KEY + "prefix",
                    prefix,
                    "names of a-z 0-9 . _ - parted by slashes");
            Allowed.check(!region.isBlank(), KEY + "region", region, "the name of one");
            Allowed.check(!accessKey.isBlank(), KEY + "access-key", accessKey, "that of a user");
            Allowed.check(!secretKey.isBlank(), KEY + "secret-key", "", "that of the access key");
        }

        S3Settings settings() {
            return new S3Settings(
                    URI.create(endpoint),
                    bucket,
                    prefix,
                    region,
                    accessKey,
                    secretKey,
                    Optional.of(sessionToken).filter(token -> !token.isBlank()),
                    createBucket);
        }

        /** Without its keys. */
        @Override
        public String toString() {
            return "s3://" + bucket + " at " + endpoint;
        }
    }
}
