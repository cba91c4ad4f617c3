package io.driftless.launcher.settings;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.util.Optional;

/** Where blocks, pages and commits are kept. */
public sealed interface StoreSettings {
    /** A directory below the state directory. */
    record Directory() implements StoreSettings {}

    /** A local S3 server inside this process, for trials; not a durable default. */
    record LocalS3() implements StoreSettings {}

    /**
     * A bucket of an S3 server. Keys come from the environment, never from settings.
     *
     * @param prefix what every object key begins with; empty, or ends with a slash
     * @param endpoint the server's URL; empty for the one of the environment
     */
    record S3(String bucket, String prefix, Optional<String> endpoint, Optional<String> region)
            implements StoreSettings {}

    /** Reads {@code dir}, {@code s3-local} or {@code s3://bucket/prefix}. */
    static StoreSettings parse(String text) {
        if (text.equals("dir")) {
            return new Directory();
        }
        if (text.equals("s3-local")) {
            return new LocalS3();
        }
        if (text.matches("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^/].*)?/?")) {
            return bucket(text.substring("s3://".length()));
        }
        throw new SyncException(
                ErrorCode.BAD_SETTING,
                "driftless.store is '"
                        + text
                        + "' but must be dir, s3-local or s3://BUCKET[/PREFIX].");
    }

    private static S3 bucket(String rest) {
        int slash = rest.indexOf('/');
        if (slash < 0 || slash == rest.length() - 1) {
            return new S3(
                    slash < 0 ? rest : rest.substring(0, slash),
                    "",
                    Optional.empty(),
                    Optional.empty());
        }
        String prefix = rest.substring(slash + 1);
        return new S3(
                rest.substring(0, slash),
                prefix.endsWith("/") ? prefix : prefix + "/",
                Optional.empty(),
                Optional.empty());
    }
}
