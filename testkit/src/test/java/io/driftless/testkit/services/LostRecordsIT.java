package io.driftless.testkit.services;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a service has yet to read is no longer in Kafka, or it remembers to have read more than
 * there is. A full scan of the source is made when the reconciler starts, and never besides.
 */
@Tag("P6")
class LostRecordsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Long enough for what is not lost to arrive. */
    private static final Duration A_WHILE = Duration.ofSeconds(5);

    private static final int FILES = 40;
    private static final String HINTS = "driftless.hints";
    private static final String INDEXED = "driftless.indexed";
    private static final long FAR_BEYOND = 1_000_000;

    private static final Map<String, String> SETTINGS =
            Map.of(
                    "reconcile.source-run-every", "30d",
                    "transfer.sweep", "3s",
                    "transfer.resend", "5s");

    @TempDir static Path home;
    private static ServiceFleet fleet;
    private static Admin admin;

    @BeforeAll
    static void start() throws IOException {
        fleet = new ServiceFleet(home, SETTINGS);
        Map<String, Object> client = new HashMap<>(fleet.kafka().security());
        client.put("bootstrap.servers", fleet.kafka().bootstrapServers());
        admin = Admin.create(client);
        new SampleSource(fleet.source()).make();
        fleet.start();
        fleet.awaitEqual();
    }

    @AfterAll
    static void stop() {
        admin.close();
        fleet.close();
    }

    /** The watcher told of them, and the indexer came too late to hear it. */
    @Test
    void what_hints_told_that_are_gone_is_found_by_the_next_full_scan() throws Exception {
        ServiceProcess indexer = fleet.service(ServiceFleet.INDEXER);
        indexer.halt();
        try {
            loseWhatIsTold(HINTS, "hinted");
        } finally {
            indexer.goOn();
        }

        Thread.sleep(A_WHILE);
        assertThat(DiskTree.of(fleet.target())).isNotEqualTo(DiskTree.of(fleet.source()));
        fleet.service(ServiceFleet.RECONCILER).kill();
        fleet.start(ServiceFleet.RECONCILER);
        fleet.awaitEqual();
        assertGoesOn("after lost hints");
    }

    /** The indexer told of them, and the transfer service came too late to hear it. */
    @Test
    void what_was_indexed_and_is_gone_is_found_by_the_sweep() throws Exception {
        ServiceProcess transfer = fleet.service(ServiceFleet.TRANSFER);
        transfer.halt();
        try {
            loseWhatIsTold(INDEXED, "indexed");
        } finally {
            transfer.goOn();
        }

        fleet.awaitEqual();
        assertGoesOn("after lost rows");
    }

    /** As after a topic was made again, or the broker lost the end of its log. */
    @Test
    void offsets_beyond_the_end_hide_nothing() throws Exception {
        List<String> groups = List.of(ServiceFleet.INDEXER, ServiceFleet.TRANSFER);
        for (String each : groups) {
            fleet.service(each).terminate();
            fleet.service(each).exitWithin(PATIENCE);
        }
        setOffsets(FAR_BEYOND);
        write("beyond");

        groups.forEach(fleet::start);
        fleet.awaitReady();

        fleet.awaitEqual();
        assertGoesOn("after offsets beyond the end");
    }

    @Test
    void topics_that_were_made_again_are_filled_again() throws Exception {
        Set<String> topics = admin.listTopics().names().get();
        admin.deleteTopics(topics).all().get();
        write("without topics");

        fleet.service(ServiceFleet.RECONCILER).kill();
        fleet.start(ServiceFleet.RECONCILER);

        fleet.awaitEqual();
        assertThat(admin.listTopics().names().get()).containsAll(topics);
        assertGoesOn("in topics made again");
    }

    /**
     * To one that stands still. It had asked for more before, and gets the first that comes when it
     * goes on, whatever became of it in Kafka: so there is something else first.
     */
    private static void loseWhatIsTold(String topic, String name) throws Exception {
        for (String each : List.of("before " + name, name)) {
            long before = records(topic);
            write(each);
            await().atMost(PATIENCE).until(() -> records(topic) > before);
            Thread.sleep(A_WHILE);
        }
        deleteAll(topic);
    }

    private static void write(String name) throws IOException {
        Path directory = Files.createDirectories(fleet.source().resolve(name));
        for (int i = 0; i < FILES; i++) {
            Files.writeString(directory.resolve("f" + i), name + " " + i);
        }
    }

    /** Nobody scans, so this comes over by what is published and read. */
    private static void assertGoesOn(String name) throws IOException {
        write(name);
        fleet.awaitEqual();
    }

    private static Set<TopicPartition> partitions(String topic) throws Exception {
        return admin
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .stream()
                .map(each -> new TopicPartition(topic, each.partition()))
                .collect(toSet());
    }

    private static Map<TopicPartition, Long> ends(String topic) throws Exception {
        Map<TopicPartition, OffsetSpec> asked =
                partitions(topic).stream().collect(toMap(identity(), _ -> OffsetSpec.latest()));
        return admin.listOffsets(asked).all().get().entrySet().stream()
                .collect(toMap(Map.Entry::getKey, each -> each.getValue().offset()));
    }

    private static long records(String topic) throws Exception {
        return ends(topic).values().stream().mapToLong(Long::longValue).sum();
    }

    private static void deleteAll(String topic) throws Exception {
        Map<TopicPartition, RecordsToDelete> all =
                ends(topic).entrySet().stream()
                        .collect(
                                toMap(
                                        Map.Entry::getKey,
                                        end -> RecordsToDelete.beforeOffset(end.getValue())));
        admin.deleteRecords(all).all().get();
    }

    /** Of every group that has any, for all that it reads. */
    private static void setOffsets(long offset) throws Exception {
        for (GroupListing group :
                admin.listGroups(ListGroupsOptions.forConsumerGroups()).all().get()) {
            Map<TopicPartition, OffsetAndMetadata> known =
                    admin.listConsumerGroupOffsets(group.groupId())
                            .partitionsToOffsetAndMetadata()
                            .get();
            assertThat(known).as(group.groupId()).isNotEmpty();
            known.replaceAll((_, _) -> new OffsetAndMetadata(offset));
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() ->
                            admin.alterConsumerGroupOffsets(group.groupId(), known).all().get());
        }
    }
}
