package io.driftless.adapter.kafka;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** Makes the topics and knows their partitions. */
final class KafkaTopics implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration CHECK_LIMIT = Duration.ofSeconds(5);
    private static final int NEW_TRIES = 40;
    private static final Duration MIN_BACKOFF = Duration.ofMillis(50);
    private static final Duration MAX_BACKOFF = Duration.ofMillis(500);
    private static final Duration COMPACTION_LAG = Duration.ofHours(1);
    private static final Duration MAX_COMPACTION_LAG = Duration.ofHours(6);
    private static final Duration COMPACTED_SEGMENT = Duration.ofHours(2);
    private static final Duration DELETED_SEGMENT = Duration.ofDays(1);

    /** Long enough for somebody to look at what could not be read. */
    private static final Duration DEAD_LETTERS_KEPT = Duration.ofDays(30);

    private static final int MAX_TRIES = 8;
    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final KafkaSettings settings;
    private final KafkaClients clients;
    private final EventRecords records;
    private final Scheduler io;
    private final Scheduler delivery;
    private final AtomicReference<@Nullable Admin> admin = new AtomicReference<>();

    KafkaTopics(
            KafkaSettings settings,
            KafkaClients clients,
            EventRecords records,
            Scheduler io,
            Scheduler delivery) {
        this.settings = settings;
        this.clients = clients;
        this.records = records;
        this.io = io;
        this.delivery = delivery;
    }

    /**
     * A topic made just now may be unknown to the broker that is asked next: tried again for a
     * while.
     */
    Mono<Void> prepare() {
        Mono<Void> making = Mono.fromRunnable(() -> makeMissing(TIMEOUT));
        Mono<Void> awaiting = Mono.fromRunnable(this::awaitAll);
        return settings.createTopics()
                ? making.then(awaiting.retryWhen(whileNew())).subscribeOn(io)
                : awaiting.subscribeOn(io);
    }

    /**
     * Makes topics again that somebody deleted while they were in use; those who read them find
     * them by themselves. Nothing where an operator makes the topics. Where Kafka does not answer
     * for as long as publishing may take, that fails.
     */
    Mono<Void> makeLost() {
        return settings.createTopics()
                ? Mono.<Void>fromRunnable(() -> makeMissing(settings.publishTimeout()))
                        .then(Mono.<Void>fromRunnable(this::awaitAll).retryWhen(whileNew()))
                        .subscribeOn(io)
                : Mono.empty();
    }

    /** Brokers learn of a new topic some time after its making was confirmed. */
    private Retry whileNew() {
        return Retry.backoff(NEW_TRIES, MIN_BACKOFF)
                .maxBackoff(MAX_BACKOFF)
                .scheduler(io)
                .filter(KafkaErrors::mayPassSoon)
                .onRetryExhaustedThrow((_, signal) -> signal.failure());
    }

    /**
     * Where a topic's records are: one that was made anew, or got more partitions, has another
     * layout.
     */
    record Layout(Uuid id, List<TopicPartition> partitions) {
        static Layout of(TopicDescription topic) {
            return new Layout(
                    topic.topicId(),
                    topic.partitions().stream()
                            .map(each -> new TopicPartition(topic.name(), each.partition()))
                            .toList());
        }
    }

    /** As it is now; fails where Kafka does not answer. No thread waits for that meanwhile. */
    Mono<Layout> layout(String topic) {
        return Mono.fromCallable(this::admin)
                .subscribeOn(io)
                .flatMap(client -> Mono.fromFuture(() -> answer(client, topic), true))
                .flatMap(answer -> answer);
    }

    /**
     * Completes once Kafka says that a topic's layout is another one. While it says nothing, the
     * one that is known stands.
     */
    Mono<Void> changed(String topic, Layout known) {
        return Mono.delay(clients.metadataAge(), delivery)
                .then(layout(topic).onErrorComplete(SyncException.class))
                .filter(now -> !now.equals(known))
                .repeatWhenEmpty(asked -> asked)
                .then();
    }

    /**
     * A failure is a value here: whoever stops waiting leaves the question to the client, which
     * gives up by itself later, and nobody would take that failure.
     */
    private static CompletableFuture<Mono<Layout>> answer(Admin client, String topic) {
        var limit = new DescribeTopicsOptions().timeoutMs(Math.toIntExact(CHECK_LIMIT.toMillis()));
        return client.describeTopics(List.of(topic), limit)
                .allTopicNames()
                .toCompletionStage()
                .thenApply(found -> Flux.fromIterable(found.values()).map(Layout::of).single())
                .exceptionally(
                        failure -> Mono.error(KafkaErrors.translated("describe topics", failure)))
                .toCompletableFuture();
    }

    private void awaitAll() {
        List<String> names = new ArrayList<>(Topic.ALL.stream().map(this::name).toList());
        names.add(records.deadLetters());
        awaitLeaders(await("describe topics", admin().describeTopics(names).allTopicNames()));
    }

    private void makeMissing(Duration limit) {
        List<NewTopic> all = new ArrayList<>(Topic.ALL.stream().map(this::toMake).toList());
        all.add(toMake(records.deadLetters(), kept(DEAD_LETTERS_KEPT)));
        var options = new CreateTopicsOptions().timeoutMs(Math.toIntExact(limit.toMillis()));
        var made = admin().createTopics(all, options);
        for (KafkaFuture<Void> each : made.values().values()) {
            try {
                await("make topics", each);
            } catch (SyncException e) {
                if (!(e.getCause() instanceof ExecutionException failed
                        && failed.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private NewTopic toMake(Topic<?> topic) {
        return toMake(
                name(topic),
                topic.retention().map(KafkaTopics::kept).orElseGet(KafkaTopics::compacted));
    }

    private NewTopic toMake(String name, Map<String, String> retention) {
        Map<String, String> all = new HashMap<>(retention);
        all.put(
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                String.valueOf(Math.max(1, settings.replicationFactor() - 1)));
        all.put(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                String.valueOf(KafkaClients.MAX_RECORD_BYTES));
        return new NewTopic(name, settings.partitions(), (short) settings.replicationFactor())
                .configs(all);
    }

    private static Map<String, String> kept(Duration time) {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, "delete",
                TopicConfig.RETENTION_MS_CONFIG, millis(time),
                TopicConfig.SEGMENT_MS_CONFIG, millis(DELETED_SEGMENT));
    }

    private static Map<String, String> compacted() {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, "compact",
                TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, millis(COMPACTION_LAG),
                TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, millis(MAX_COMPACTION_LAG),
                TopicConfig.SEGMENT_MS_CONFIG, millis(COMPACTED_SEGMENT));
    }

    private static String millis(Duration duration) {
        return String.valueOf(duration.toMillis());
    }

    /**
     * A producer that writes before every new partition has its leader may lose its first batch
     * (KAFKA-15591).
     */
    private void awaitLeaders(Map<String, TopicDescription> topics) {
        Map<TopicPartition, OffsetSpec> all =
                topics.values().stream()
                        .flatMap(topic -> Layout.of(topic).partitions().stream())
                        .collect(Collectors.toMap(each -> each, _ -> OffsetSpec.latest()));
        await("reach the leaders of all partitions", admin().listOffsets(all).all());
    }

    private String name(Topic<?> topic) {
        return records.topicName(topic);
    }

    private synchronized Admin admin() {
        Admin open = admin.get();
        if (open == null) {
            open = newAdmin();
            admin.set(open);
        }
        return open;
    }

    private Admin newAdmin() {
        try {
            return Admin.create(clients.common());
        } catch (KafkaException e) {
            throw KafkaErrors.translated("be reached", e);
        }
    }

    private static <T> T await(String verb, KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw KafkaErrors.translated(verb, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SyncException(
                    ErrorCode.DEPENDENCY_UNAVAILABLE, "Interrupted while Kafka was to " + verb, e);
        }
    }

    @Override
    public void close() {
        Admin open = admin.getAndSet(null);
        if (open != null) {
            open.close(Duration.ofSeconds(1));
        }
    }
}
