package io.driftless.adapter.s3;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the objects are and who may use them.
 *
 * @param endpoint {@code http} or {@code https} address of the service
 * @param prefix before every key, without slashes around it; may be empty
 * @param sessionToken of temporary credentials
 * @param createBucket true where a missing bucket is to be made
 */
public record S3Settings(
        URI endpoint,
        String bucket,
        String prefix,
        String region,
        String accessKey,
        String secretKey,
        Optional<String> sessionToken,
        boolean createBucket) {
    private static final Pattern LOCATION = Pattern.compile("s3://([^/]+)(?:/(.*?)/?)?");
    private static final String DEFAULT_REGION = "us-east-1";

    public S3Settings {
        String scheme = String.valueOf(endpoint.getScheme());
        check(scheme.matches("https?") && endpoint.getHost() != null, "endpoint", endpoint);
        check(bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"), "bucket", bucket);
        check(prefix.matches("([a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*)?"), "prefix", prefix);
        check(!region.isBlank(), "region", region);
        check(!accessKey.isBlank() && !secretKey.isBlank(), "credentials", "not complete");
    }

    /**
     * From {@code s3://bucket[/prefix]} and the environment variables that S3 tools share: {@code
     * AWS_ENDPOINT_URL_S3} or {@code AWS_ENDPOINT_URL}, {@code AWS_REGION} or {@code
     * AWS_DEFAULT_REGION}, {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}, {@code
     * AWS_SESSION_TOKEN}.
     */
    public static S3Settings of(
            String location, boolean createBucket, Map<String, String> environment) {
        Matcher parts = LOCATION.matcher(location);
        if (!parts.matches()) {
            throw new SyncException(
                    ErrorCode.BAD_SETTING,
                    "The store is at " + location + "; allowed is s3://bucket[/prefix].");
        }
        String region =
                first(environment, "AWS_REGION", "AWS_DEFAULT_REGION").orElse(DEFAULT_REGION);
        String endpoint =
                first(environment, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
                        .orElse("https://s3." + region + ".amazonaws.com");
        return new S3Settings(
                uri(endpoint),
                parts.group(1),
                Optional.ofNullable(parts.group(2)).orElse(""),
                region,
                required(environment, "AWS_ACCESS_KEY_ID"),
                required(environment, "AWS_SECRET_ACCESS_KEY"),
                first(environment, "AWS_SESSION_TOKEN"),
                createBucket);
    }

    private static URI uri(String endpoint) {
        try {
            return URI.create(endpoint);
        } catch (IllegalArgumentException e) {
            throw bad("endpoint", endpoint);
        }
    }

    private static Optional<String> first(Map<String, String> environment, String... names) {
        for (String name : names) {
            String value = environment.getOrDefault(name, "");
            if (!value.isBlank()) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }

    private static String required(Map<String, String> environment, String name) {
        return first(environment, name)
                .orElseThrow(() ->
                        new SyncException(
                                ErrorCode.BAD_SETTING,
                                "Environment variable " + name + " is not set."));
    }

    private static void check(boolean isGood, String name, Object value) {
        if (!isGood) {
            throw bad(name, value);
        }
    }

    private static SyncException bad(String name, Object value) {
        return new SyncException(
                ErrorCode.BAD_SETTING,
                "driftless.store.s3.%s is not one for S3: %s.".formatted(name, value));
    }

    /** Without the secret key. */
    @Override
    public String toString() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix) + " at " + endpoint;
    }
}
