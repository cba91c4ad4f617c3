package io.driftless.adapter.s3;

import io.minio.MinioAsyncClient;
import io.minio.credentials.StaticProvider;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/** Makes a client with limits and timeouts of our own: OkHttp's default is five requests a host. */
final class S3Client {
    private static final int MAX_REQUESTS = 64;
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Duration WHOLE_CALL = Duration.ofSeconds(120);
    private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

    private S3Client() {}

    static MinioAsyncClient of(S3Settings settings) {
        StaticProvider credentials =
                new StaticProvider(
                        settings.accessKey(),
                        settings.secretKey(),
                        settings.sessionToken().orElse(null));
        return MinioAsyncClient.builder()
                .endpoint(settings.endpoint().toString())
                .region(settings.region())
                .credentialsProvider(credentials)
                .httpClient(http(), true)
                .build();
    }

    private static OkHttpClient http() {
        Dispatcher dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(MAX_REQUESTS);
        dispatcher.setMaxRequestsPerHost(MAX_REQUESTS);
        return new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(
                        new ConnectionPool(
                                MAX_REQUESTS, KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS))
                .connectTimeout(CONNECT)
                .readTimeout(SILENCE)
                .writeTimeout(SILENCE)
                .callTimeout(WHOLE_CALL)
                .build();
    }
}
