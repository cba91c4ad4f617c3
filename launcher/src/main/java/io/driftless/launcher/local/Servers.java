package io.driftless.launcher.local;

import io.driftless.adapter.codec.EventJson;
import io.driftless.adapter.kafka.KafkaEventBus;
import io.driftless.adapter.kafka.KafkaSettings;
import io.driftless.adapter.postgres.CommitCodec;
import io.driftless.adapter.postgres.PostgresIndex;
import io.driftless.adapter.postgres.PostgresSchema;
import io.driftless.adapter.postgres.PostgresSettings;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Topic;
import io.driftless.flow.Backoff;
import io.driftless.flow.Presence;
import io.driftless.launcher.embedded.EmbeddedKafka;
import io.driftless.launcher.embedded.EmbeddedPostgres;
import io.driftless.launcher.settings.RunSettings;
import io.driftless.launcher.state.StateDirectory;
import io.driftless.port.BlockStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Kafka, PostgreSQL and the block store of one engine, started side by side. */
final class Servers {
    /** A machine that is busy may need many tries. */
    private static final Duration WARM_UP = Duration.ofSeconds(60);

    private final EmbeddedKafka kafka;
    private final KafkaEventBus bus;
    private final EmbeddedPostgres postgres;
    private final PostgresIndex index;
    private final Stores.Opened store;
    private final Workers workers;
    private final AtomicReference<Optional<SyncException>> kafkaAway =
            new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<SyncException>> postgresAway =
            new AtomicReference<>(Optional.empty());

    private Servers(Broker broker, Database database, Stores.Opened store, Workers workers) {
        this.kafka = broker.server();
        this.bus = broker.bus();
        this.postgres = database.server();
        this.index = database.index();
        this.store = store;
        this.workers = workers;
    }

    private record Broker(EmbeddedKafka server, KafkaEventBus bus) {}

    private record Database(EmbeddedPostgres server, PostgresIndex index) {}

    /**
     * All of them, or none: where one fails, the others are waited for and stopped. The failure is
     * that of the first.
     */
    static Mono<Servers> start(
            RunSettings settings,
            StateDirectory state,
            Map<String, String> environment,
            Workers workers) {
        List<AutoCloseable> started = new ArrayList<>();
        return Mono.zipDelayError(
                        broker(state, workers, started),
                        database(state, workers, started),
                        Stores.open(settings.store(), state, environment, workers)
                                .doOnNext(opened -> remember(opened.server(), started)))
                .map(all -> new Servers(all.getT1(), all.getT2(), all.getT3(), workers))
                .onErrorResume(failures -> {
                    Throwable first = Exceptions.unwrapMultiple(failures).getFirst();
                    return stop(started, workers).then(Mono.error(first));
                });
    }

    private static Mono<Broker> broker(
            StateDirectory state, Workers workers, List<AutoCloseable> started) {
        return Mono.fromCallable(
                        () -> {
                            var settings = EmbeddedKafka.Settings.in(state.kafka());
                            return remember(EmbeddedKafka.start(settings), started);
                        })
                .subscribeOn(workers.servers())
                .flatMap(kafka -> {
                    var address = kafka.address();
                    var bus =
                            new KafkaEventBus(
                                    KafkaSettings.ofOneBroker(
                                            address.bootstrapServers(), address.security()),
                                    workers.servers(),
                                    workers.bus());
                    remember(bus, started);
                    return bus.prepare().thenReturn(new Broker(kafka, bus));
                });
    }

    private static Mono<Database> database(
            StateDirectory state, Workers workers, List<AutoCloseable> started) {
        return Mono.fromCallable(
                        () -> {
                            var settings = EmbeddedPostgres.Settings.in(state.postgres());
                            var postgres = remember(EmbeddedPostgres.start(settings), started);
                            var address = postgres.address();
                            var connect =
                                    PostgresSettings.of(
                                            address.host(),
                                            address.port(),
                                            address.database(),
                                            address.user(),
                                            address.password());
                            PostgresSchema.migrate(connect);
                            EventJson json = new EventJson();
                            CommitCodec codec =
                                    new CommitCodec(
                                            json::write, bytes -> json.read(Topic.COMMITS, bytes));
                            return new Database(postgres, new PostgresIndex(connect, codec));
                        })
                .subscribeOn(workers.servers())
                .flatMap(database ->
                        database.index()
                                .warmUp()
                                .retryWhen(Backoff.DEFAULT.forEver(workers.timer(), failure -> {}))
                                .timeout(WARM_UP)
                                .onErrorMap(
                                        TimeoutException.class,
                                        late ->
                                                new SyncException(
                                                        ErrorCode.START_FAILED,
                                                        "PostgreSQL took no connection for "
                                                                + WARM_UP.toSeconds()
                                                                + " s.",
                                                        late))
                                .thenReturn(database));
    }

    private static <T extends AutoCloseable> T remember(T server, List<AutoCloseable> started) {
        synchronized (started) {
            started.addFirst(server);
        }
        return server;
    }

    private static Mono<Void> stop(List<AutoCloseable> started, Workers workers) {
        return Mono.defer(() -> {
            List<AutoCloseable> servers;
            synchronized (started) {
                servers = List.copyOf(started);
            }
            return Flux.fromIterable(servers)
                    .concatMapDelayError(server -> stop(server, workers))
                    .then();
        });
    }

    private static Mono<Void> stop(AutoCloseable server, Workers workers) {
        return Mono.<Void>fromCallable(
                        () -> {
                            server.close();
                            return null;
                        })
                .subscribeOn(workers.servers());
    }

    KafkaEventBus bus() {
        return bus;
    }

    PostgresIndex index() {
        return index;
    }

    BlockStore store() {
        return store.store();
    }

    /** Asks Kafka and PostgreSQL until cancelled whether they are there. */
    Flux<?> watching() {
        return Flux.merge(
                Presence.of("Kafka", bus.check(), workers.timer()).doOnNext(kafkaAway::set),
                Presence.of("PostgreSQL", index.clock().then(), workers.timer())
                        .doOnNext(postgresAway::set));
    }

    /** What does not answer now: Kafka, PostgreSQL or the store, and why. */
    List<SyncException> away() {
        return Stream.of(kafkaAway.get(), postgresAway.get(), storeRefusal())
                .flatMap(Optional::stream)
                .toList();
    }

    /** Why the store is not asked now. */
    Optional<SyncException> storeRefusal() {
        return store.refusal().get();
    }

    /** Stops everything side by side, each server after its client, whatever fails meanwhile. */
    Mono<Void> close() {
        return Mono.whenDelayError(
                Flux.concatDelayError(stop(bus, workers), stop(kafka, workers)),
                Flux.concatDelayError(index.close(), stop(postgres, workers)),
                stop(store.server(), workers));
    }
}
