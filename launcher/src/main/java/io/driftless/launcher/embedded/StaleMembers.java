package io.driftless.launcher.embedded;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members that were there when the process was killed. Until their session ends, a new member of
 * their group waits for them; but the only process that uses this broker has just begun.
 */
final class StaleMembers {
    private static final Logger LOG = LoggerFactory.getLogger(StaleMembers.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private StaleMembers() {}

    /** Does what it can: where it fails, members wait for the session's end. */
    static void remove(EmbeddedKafka.Address address) {
        Map<String, Object> settings = new HashMap<>(address.security());
        settings.put("bootstrap.servers", address.bootstrapServers());
        try (Admin admin = Admin.create(settings)) {
            awaitGroups(admin);
            Collection<GroupListing> groups =
                    admin.listGroups(ListGroupsOptions.forConsumerGroups())
                            .all()
                            .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            for (GroupListing group : groups) {
                remove(admin, group.groupId());
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOG.atInfo().addKeyValue("reason", e.toString()).log("stale members stay for a while");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Groups are listed only as far as they are loaded. A question about a group waits until its
     * part is, so one is asked of each part, of a group that need not exist.
     */
    private static void awaitGroups(Admin admin)
            throws InterruptedException, ExecutionException, TimeoutException {
        Set<Integer> loaded = new HashSet<>();
        for (int i = 0; loaded.size() < KafkaConfiguration.OFFSETS_PARTITIONS; i++) {
            String group = "driftless-probe-" + i;
            if (loaded.add(Utils.abs(group.hashCode()) % KafkaConfiguration.OFFSETS_PARTITIONS)) {
                admin.listConsumerGroupOffsets(group)
                        .partitionsToOffsetAndMetadata()
                        .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private static void remove(Admin admin, String group)
            throws InterruptedException, ExecutionException, TimeoutException {
        admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
                .all()
                .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
