package io.driftless.adapter.s3;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.port.BlockStore;
import io.driftless.port.ObjectKey;
import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Objects of any S3 service, each written by a single PUT. Nothing is retried here. Requests are
 * signed, and answers handed over, on the given scheduler.
 */
public final class S3BlockStore implements BlockStore, AutoCloseable {
    private final S3Settings settings;
    private final MinioAsyncClient client;
    private final Scheduler io;

    /** Connects to nothing yet. */
    public S3BlockStore(S3Settings settings, Scheduler io) {
        this(settings, S3Patience.DEFAULT, io);
    }

    /** As above, where requests may take another time than usual. */
    public S3BlockStore(S3Settings settings, S3Patience patience, Scheduler io) {
        this.settings = settings;
        this.client = S3Client.of(settings, patience);
        this.io = io;
    }

    /** Makes the bucket where that is missing and wanted, and fails where it cannot be used. */
    public Mono<Void> prepare() {
        String bucket = settings.bucket();
        return call(
                        "find",
                        bucket,
                        () ->
                                client.bucketExists(
                                        BucketExistsArgs.builder().bucket(bucket).build()))
                .flatMap(isThere -> isThere ? Mono.empty() : makeBucket(bucket));
    }

    private Mono<Void> makeBucket(String bucket) {
        if (!settings.createBucket()) {
            return Mono.error(
                    new SyncException(
                            ErrorCode.STORE_REFUSED, "There is no bucket " + bucket + "."));
        }
        MakeBucketArgs make = MakeBucketArgs.builder().bucket(bucket).build();
        return call("make", bucket, () -> client.makeBucket(make))
                .then()
                .onErrorResume(S3Errors::isOwnedAlready, _ -> Mono.empty());
    }

    @Override
    public Mono<Void> put(ObjectKey key, List<ByteBuffer> pieces) {
        List<ByteBuffer> all = List.copyOf(pieces);
        return call("write", key, () -> client.putObject(toPut(key, all))).then();
    }

    private PutObjectArgs toPut(ObjectKey key, List<ByteBuffer> pieces) {
        byte[] body = S3Body.join(key, pieces);
        return PutObjectArgs.builder()
                .bucket(settings.bucket())
                .object(name(key))
                .data(body, body.length)
                .build();
    }

    @Override
    public Mono<ByteBuffer> get(ObjectKey key) {
        return read(key, toGet(key).build(), Optional.empty());
    }

    @Override
    public Mono<ByteBuffer> getRange(ObjectKey key, long offset, int length) {
        if (offset < 0 || length < 0) {
            return Mono.error(S3Body.outOfRange(key, offset, length));
        }
        if (length == 0) {
            return size(key).map(size -> S3Body.nothing(key, size, offset));
        }
        GetObjectArgs range = toGet(key).offset(offset).length((long) length).build();
        return read(key, range, Optional.of(length))
                .onErrorMap(S3Errors::isOutOfRange, _ -> S3Body.outOfRange(key, offset, length));
    }

    /** Blocks while the body comes: it is read and closed by the thread that asked for it. */
    private Mono<ByteBuffer> read(ObjectKey key, GetObjectArgs args, Optional<Integer> length) {
        return Mono.fromCallable(
                        () -> {
                            try (var response = client.getObject(args).join()) {
                                return S3Body.read(key, response, length);
                            }
                        })
                .onErrorMap(e -> S3Errors.translated("read", key, e))
                .subscribeOn(io);
    }

    private GetObjectArgs.Builder toGet(ObjectKey key) {
        return GetObjectArgs.builder().bucket(settings.bucket()).object(name(key));
    }

    @Override
    public Mono<Boolean> exists(ObjectKey key) {
        return size(key).map(_ -> true).onErrorResume(S3Errors::isMissing, _ -> Mono.just(false));
    }

    private Mono<Long> size(ObjectKey key) {
        StatObjectArgs stat =
                StatObjectArgs.builder().bucket(settings.bucket()).object(name(key)).build();
        return call("look for", key, () -> client.statObject(stat)).map(found -> found.size());
    }

    @Override
    public Mono<Void> delete(ObjectKey key) {
        RemoveObjectArgs remove =
                RemoveObjectArgs.builder().bucket(settings.bucket()).object(name(key)).build();
        return call("delete", key, () -> client.removeObject(remove))
                .then()
                .onErrorResume(S3Errors::isMissing, _ -> Mono.empty());
    }

    @Override
    public Flux<ObjectKey> list(String below) {
        ListObjectsArgs args =
                ListObjectsArgs.builder()
                        .bucket(settings.bucket())
                        .prefix(namePrefix() + below)
                        .recursive(true)
                        .build();
        return Flux.defer(() -> Flux.fromIterable(client.listObjects(args)))
                .concatMap(this::key, 1)
                .onErrorMap(e -> S3Errors.translated("list", below, e))
                .subscribeOn(io);
    }

    /** Empty for an object that cannot be ours. */
    private Mono<ObjectKey> key(Result<Item> listed) {
        try {
            String name = listed.get().objectName();
            return Mono.just(new ObjectKey(name.substring(namePrefix().length())));
        } catch (MinioException e) {
            return Mono.error(e);
        } catch (SyncException foreign) {
            return Mono.empty();
        }
    }

    private String name(ObjectKey key) {
        return namePrefix() + key.value();
    }

    private String namePrefix() {
        return settings.prefix().isEmpty() ? "" : settings.prefix() + "/";
    }

    private <T> Mono<T> call(String verb, Object what, Supplier<CompletableFuture<T>> request) {
        return Mono.fromFuture(request)
                .onErrorMap(e -> S3Errors.translated(verb, what, e))
                .subscribeOn(io)
                .publishOn(io);
    }

    @Override
    public void close() {
        client.close();
    }
}
