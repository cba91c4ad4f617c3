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
    private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

    private S3Client() {}

    static MinioAsyncClient of(S3Settings settings, S3Patience patience) {
        StaticProvider credentials =
                new StaticProvider(
                        settings.accessKey(),
                        settings.secretKey(),
                        settings.sessionToken().orElse(null));
        return MinioAsyncClient.builder()
                .endpoint(settings.endpoint().toString())
                .region(settings.region())
                .credentialsProvider(credentials)
                .httpClient(http(patience), true)
                .build();
    }

    private static OkHttpClient http(S3Patience patience) {
        Dispatcher dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(MAX_REQUESTS);
        dispatcher.setMaxRequestsPerHost(MAX_REQUESTS);
        return new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(
                        new ConnectionPool(
                                MAX_REQUESTS, KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS))
                .socketFactory(new S3Sockets())
                .connectTimeout(patience.connect())
                .readTimeout(patience.silence())
                .writeTimeout(patience.silence())
                .callTimeout(patience.wholeCall())
                .build();
    }
}
