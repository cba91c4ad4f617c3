package io.driftless.adapter.memory;

import io.driftless.event.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The members of a group share the partitions; the group keeps how far each is done. Guarded by the
 * bus' lock.
 */
final class ConsumerGroup {
    private final List<TopicLog.Partition> partitions;
    private final long[] committed;
    private final List<Member> members = new ArrayList<>();

    ConsumerGroup(List<TopicLog.Partition> partitions) {
        this.partitions = partitions;
        this.committed = new long[partitions.size()];
    }

    Member join() {
        Member member = new Member();
        members.add(member);
        share();
        return member;
    }

    void leave(Member member) {
        members.remove(member);
        Arrays.fill(member.owned, false);
        share();
    }

    private void share() {
        for (int i = 0; i < committed.length && !members.isEmpty(); i++) {
            Member owner = members.get(i % members.size());
            for (Member member : members) {
                member.own(i, member == owner);
            }
        }
    }

    /**
     * One subscriber: what it owns and how far it has read, which may be further than what is done.
     */
    final class Member {
        private final boolean[] owned = new boolean[committed.length];
        private final long[] positions = new long[committed.length];
        private int turn;

        private void own(int partition, boolean owns) {
            if (owns && !owned[partition]) {
                positions[partition] = committed[partition];
            }
            owned[partition] = owns;
        }

        /**
         * Up to {@code maxEvents} unread events of the partitions in turn; empty where there is
         * none.
         */
        Optional<Taken> poll(int maxEvents) {
            List<Event> events = new ArrayList<>();
            Map<Integer, Long> ends = new TreeMap<>();
            for (int i = 0; i < owned.length && events.size() < maxEvents; i++) {
                int partition = (turn + i) % owned.length;
                if (owned[partition] && take(partition, maxEvents, events)) {
                    ends.put(partition, positions[partition]);
                }
            }
            turn = (turn + 1) % owned.length;
            return events.isEmpty() ? Optional.empty() : Optional.of(new Taken(this, events, ends));
        }

        private boolean take(int partition, int maxEvents, List<Event> events) {
            int before = events.size();
            while (events.size() < maxEvents) {
                Optional<Map.Entry<Long, Event>> next =
                        partitions.get(partition).at(positions[partition]);
                if (next.isEmpty()) {
                    break;
                }
                events.add(next.get().getValue());
                positions[partition] = next.get().getKey() + 1;
            }
            return events.size() > before;
        }

        private void commit(Map<Integer, Long> ends) {
            ends.forEach((partition, end) -> {
                if (owned[partition]) {
                    committed[partition] = Math.max(committed[partition], end);
                }
            });
        }
    }

    /** Events handed to a member, and the offset after the last of each partition. */
    record Taken(Member member, List<Event> events, Map<Integer, Long> ends) {
        void commit() {
            member.commit(ends);
        }
    }
}
