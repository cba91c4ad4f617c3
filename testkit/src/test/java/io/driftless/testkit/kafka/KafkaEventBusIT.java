package io.driftless.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.driftless.adapter.kafka.KafkaEventBus;
import io.driftless.adapter.kafka.KafkaSettings;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Event;
import io.driftless.event.Hint;
import io.driftless.event.Order;
import io.driftless.event.Topic;
import io.driftless.launcher.embedded.EmbeddedKafka;
import io.driftless.path.EntryPath;
import io.driftless.port.EventBus;
import io.driftless.testkit.contract.EventBusContract;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class KafkaEventBusIT extends EventBusContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private static Path directory;
    private static EmbeddedKafka broker;

    private String prefix;
    private KafkaEventBus bus;

    @BeforeAll
    static void start() {
        broker = EmbeddedKafka.start(EmbeddedKafka.Settings.in(directory));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void openWithTopicsOfItsOwn() {
        prefix = "t" + UUID.randomUUID() + ".";
        bus = open(settings().withPrefix(prefix));
        bus.prepare().block(PATIENCE);
    }

    @AfterEach
    void close() {
        bus.close();
    }

    @Override
    protected EventBus bus() {
        return bus;
    }

    @Test
    void passes_over_records_that_cannot_be_read() {
        produce("hints", "k", "not json");
        produce("hints", "k", "{\"folder\":\"f\"}");
        publish(hint("a"));
        produce("hints", "k", null);
        publish(hint("b"));

        List<Hint> seen =
                bus.consume(Topic.HINTS, "indexer", 10)
                        .concatMap(batch -> batch.acknowledge().thenMany(events(batch)))
                        .take(2)
                        .collectList()
                        .block(PATIENCE);

        assertThat(seen).containsExactlyInAnyOrder(hint("a"), hint("b"));
        assertThat(bus.malformed()).isEqualTo(2);
        assertThat(deadLetters(2))
                .allMatch(one -> header(one, "topic").equals(prefix + "hints"))
                .allMatch(one -> header(one, "code").equals("DL-4005"))
                .extracting(one -> new String(one.value(), StandardCharsets.UTF_8))
                .containsExactlyInAnyOrder("not json", "{\"folder\":\"f\"}");
    }

    private List<ConsumerRecord<byte[], byte[]>> deadLetters(int count) {
        var deserializer = new ByteArrayDeserializer();
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(clientSettings(), deserializer, deserializer)) {
            List<TopicPartition> all =
                    consumer.partitionsFor(prefix + "dead").stream()
                            .map(each -> new TopicPartition(each.topic(), each.partition()))
                            .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            await().atMost(PATIENCE)
                    .until(() -> {
                        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
                        return found.size() >= count;
                    });
        }
        return found;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void goes_on_after_topics_were_deleted() throws Exception {
        KafkaSettings hasty =
                new KafkaSettings(
                        broker.address().bootstrapServers(),
                        prefix,
                        true,
                        4,
                        1,
                        Duration.ofSeconds(3),
                        broker.address().security());
        Queue<Event> seen = new ConcurrentLinkedQueue<>();
        try (KafkaEventBus hurried = open(hasty)) {
            Disposable consuming =
                    hurried.consume(Topic.HINTS, "indexer", 10)
                            .concatMap(batch -> batch.acknowledge().thenMany(events(batch)))
                            .subscribe(seen::add);
            Disposable following = hurried.follow(Topic.ORDERS, "t").subscribe(seen::add);
            hurried.publish(List.of(hint("before"), order(1))).block(PATIENCE);
            await().atMost(PATIENCE).until(() -> seen.size() == 2);

            try (Admin admin = Admin.create(clientSettings())) {
                admin.deleteTopics(List.of(prefix + "hints", prefix + "orders")).all().get();
            }

            await().atMost(PATIENCE)
                    .untilAsserted(() -> {
                        hurried.publish(List.of(hint("after"), order(2)))
                                .onErrorComplete()
                                .block(PATIENCE);
                        assertThat(seen).contains(hint("after"), order(2));
                    });
            consuming.dispose();
            following.dispose();
        }
    }

    /** A broker that makes topics by itself does so before anybody sees that one is missing. */
    @Test
    void follows_a_topic_that_was_made_anew_with_another_number_of_partitions() throws Exception {
        Map<String, String> client = new HashMap<>(broker.address().security());
        client.put("metadata.max.age.ms", "1000");
        KafkaSettings attentive =
                KafkaSettings.ofOneBroker(broker.address().bootstrapServers(), client)
                        .withPrefix(prefix);
        Queue<Event> one = new ConcurrentLinkedQueue<>();
        Queue<Event> all = new ConcurrentLinkedQueue<>();
        String orders = prefix + "orders";
        try (KafkaEventBus other = open(attentive);
                Admin admin = Admin.create(clientSettings())) {
            Disposable following =
                    Flux.merge(
                                    other.follow(Topic.ORDERS, "t").doOnNext(one::add),
                                    other.followAll(Topic.ORDERS).doOnNext(all::add))
                            .subscribe();
            publish(order(1));
            await().atMost(PATIENCE).until(() -> one.size() == 1 && all.size() == 1);

            for (int partitions : List.of(1, 7)) {
                admin.deleteTopics(List.of(orders)).all().get();
                NewTopic anew = new NewTopic(orders, partitions, (short) 1);
                await().atMost(PATIENCE)
                        .ignoreExceptions()
                        .until(() -> admin.createTopics(List.of(anew)).all().get() == null);
                Order later = order(1 + partitions);
                other.publish(List.of(later)).block(PATIENCE);

                await().atMost(PATIENCE).untilAsserted(() -> assertThat(one).contains(later));
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(all).contains(later));
            }
            following.dispose();
        }
    }

    @Test
    void does_not_acknowledge_what_came_before_a_record_that_it_passes_over() {
        publish(hint("a"));
        StepVerifier.create(bus.consume(Topic.HINTS, "indexer", 1), 1)
                .expectNextCount(1)
                .then(() -> produce("hints", hint("a").key(), "not json"))
                .thenRequest(1)
                .expectNoEvent(Duration.ofSeconds(1))
                .thenCancel()
                .verify(PATIENCE);

        StepVerifier.create(bus.consume(Topic.HINTS, "indexer", 1), 1)
                .assertNext(batch -> assertThat(batch.events()).containsExactly(hint("a")))
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void follows_past_records_that_cannot_be_read_and_tombstones() {
        publish(order(1));
        produce("orders", "t", "[]");
        produce("orders", "t", null);
        publish(order(2));

        StepVerifier.create(bus.follow(Topic.ORDERS, "t"))
                .expectNext(order(1), order(2))
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void makes_topics_with_their_settings_and_leaves_them_when_they_are_there() throws Exception {
        bus.prepare().block(PATIENCE);

        assertThat(setting("hints", "cleanup.policy")).isEqualTo("delete");
        assertThat(setting("hints", "retention.ms")).isEqualTo("604800000");
        assertThat(setting("commits", "cleanup.policy")).isEqualTo("compact");
        assertThat(setting("commits", "min.compaction.lag.ms")).isEqualTo("3600000");
    }

    @Test
    void fails_to_prepare_where_topics_are_missing_and_may_not_be_made() {
        KafkaSettings all = settings();
        KafkaSettings none =
                new KafkaSettings(
                        all.bootstrapServers(),
                        "none.",
                        false,
                        1,
                        1,
                        Duration.ofSeconds(1),
                        all.client());
        try (KafkaEventBus other = open(none)) {
            failsWith(ErrorCode.DEPENDENCY_UNAVAILABLE, () -> other.prepare().block(PATIENCE));
        }
    }

    @Test
    void fails_to_publish_when_no_broker_answers_in_time() {
        KafkaSettings nobody =
                new KafkaSettings("127.0.0.1:1", "t.", true, 1, 1, Duration.ofSeconds(1), Map.of());
        try (KafkaEventBus other = open(nobody)) {
            failsWith(
                    ErrorCode.DEPENDENCY_UNAVAILABLE,
                    () -> other.publish(List.of(hint("a"))).block(Duration.ofSeconds(10)));
        }
    }

    @Test
    void calls_a_record_that_is_too_large_our_own_fault() {
        List<String> approvals = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            approvals.add(UUID.randomUUID() + "-" + i);
        }
        Order huge = new Order(new TargetId("t"), Optional.empty(), false, 0, 0, 0, approvals);

        failsWith(ErrorCode.INVARIANT_BROKEN, () -> bus.publish(List.of(huge)).block(PATIENCE));
    }

    @Test
    void goes_on_after_the_broker_was_away(@TempDir Path apart) {
        EmbeddedKafka first = EmbeddedKafka.start(EmbeddedKafka.Settings.in(apart));
        var samePort =
                new EmbeddedKafka.Settings(
                        apart, first.address().port(), 0, Duration.ofSeconds(60));
        KafkaSettings there =
                KafkaSettings.ofOneBroker(
                        first.address().bootstrapServers(), first.address().security());
        Queue<Event> seen = new ConcurrentLinkedQueue<>();
        try (KafkaEventBus other = open(there)) {
            other.prepare().block(PATIENCE);
            Disposable consuming =
                    other.consume(Topic.HINTS, "indexer", 10)
                            .concatMap(batch -> batch.acknowledge().thenMany(events(batch)))
                            .subscribe(seen::add);
            Disposable following = other.follow(Topic.ORDERS, "t").subscribe(seen::add);
            other.publish(List.of(hint("before"), order(1))).block(PATIENCE);
            await().atMost(PATIENCE).until(() -> seen.size() == 2);

            first.close();
            try (EmbeddedKafka second = EmbeddedKafka.start(samePort)) {
                other.publish(List.of(hint("after"), order(2))).block(PATIENCE);

                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(seen)
                                        .as("from %s", second.address())
                                        .contains(hint("after"), order(2)));
                consuming.dispose();
                following.dispose();
            }
        }
    }

    private interface Call {
        void run();
    }

    private static void failsWith(ErrorCode code, Call call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        SyncException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static KafkaSettings settings() {
        return KafkaSettings.ofOneBroker(
                broker.address().bootstrapServers(), broker.address().security());
    }

    private static KafkaEventBus open(KafkaSettings settings) {
        return new KafkaEventBus(settings, Schedulers.boundedElastic(), Schedulers.parallel());
    }

    @Test
    void says_whether_it_is_there() throws Exception {
        bus.check().block(PATIENCE);

        try (Admin admin = Admin.create(clientSettings())) {
            admin.deleteTopics(List.of(prefix + "reports")).all().get();
        }

        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThatThrownBy(() -> bus.check().block(PATIENCE))
                                .isInstanceOf(SyncException.class)
                                .hasMessageContaining("Kafka could not describe topics"));
    }

    /** Else questions that are asked again and again would use up what others work on. */
    @Test
    void holds_no_thread_while_it_asks_a_broker_that_is_not_there() {
        KafkaSettings nowhere = KafkaSettings.ofOneBroker("127.0.0.1:1", Map.of());
        Scheduler one = Schedulers.newSingle("one", true);
        try (KafkaEventBus alone = new KafkaEventBus(nowhere, one, Schedulers.parallel())) {
            Disposable asking = alone.check().subscribe(_ -> {}, _ -> {});

            Mono<Boolean> other = Mono.just(true).publishOn(one);

            assertThat(other.block(Duration.ofSeconds(3))).isTrue();
            assertThat(asking.isDisposed()).isFalse();
            asking.dispose();
        }
        one.dispose();
    }

    private static Map<String, Object> clientSettings() {
        Map<String, Object> all = new HashMap<>(broker.address().security());
        all.put("bootstrap.servers", broker.address().bootstrapServers());
        return all;
    }

    private void produce(String topic, String key, String value) {
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        var serializer = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(clientSettings(), serializer, serializer)) {
            producer.send(
                            new ProducerRecord<>(
                                    prefix + topic, key.getBytes(StandardCharsets.UTF_8), bytes))
                    .get();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String setting(String topic, String name) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, prefix + topic);
        try (Admin admin = Admin.create(clientSettings())) {
            Config found = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            return found.get(name).value();
        }
    }

    private void publish(Event event) {
        bus.publish(List.of(event)).block(PATIENCE);
    }

    private static Flux<Hint> events(EventBus.Batch<Hint> batch) {
        return Flux.fromIterable(batch.events());
    }

    private static Hint hint(String directory) {
        return Hint.directory(new FolderId("f"), EntryPath.parse(directory), Hint.Origin.WATCH);
    }

    private static Order order(int scan) {
        return new Order(new TargetId("t"), Optional.empty(), false, scan, 0, 0, List.of());
    }
}
