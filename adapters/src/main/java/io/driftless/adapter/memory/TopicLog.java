package io.driftless.adapter.memory;

import io.driftless.event.Event;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * One topic: its partitions, its consumer groups and who reads it now. Guarded by the bus' lock.
 */
final class TopicLog {
    private final List<Partition> partitions;
    private final Map<String, ConsumerGroup> groups = new TreeMap<>();
    private final List<Outlet<?>> outlets = new ArrayList<>();

    TopicLog(int partitions) {
        this.partitions = IntStream.range(0, partitions).mapToObj(_ -> new Partition()).toList();
    }

    void append(Event event) {
        Partition partition =
                partitions.get(Math.floorMod(event.key().hashCode(), partitions.size()));
        partition.events.put(partition.next, event);
        partition.next++;
    }

    ConsumerGroup group(String name) {
        return groups.computeIfAbsent(name, _ -> new ConsumerGroup(partitions));
    }

    List<Outlet<?>> outlets() {
        return outlets;
    }

    Cursor cursor() {
        return new Cursor(partitions);
    }

    void compact() {
        partitions.forEach(Partition::compact);
    }

    void clear() {
        partitions.forEach(partition -> partition.events.clear());
    }

    /** Events by offset; offsets of events that compaction took out are never used again. */
    static final class Partition {
        private final NavigableMap<Long, Event> events = new TreeMap<>();
        private long next;

        /** The first event at {@code offset} or after it. */
        Optional<Map.Entry<Long, Event>> at(long offset) {
            return Optional.ofNullable(events.ceilingEntry(offset));
        }

        private void compact() {
            Set<String> newer = new HashSet<>();
            events.descendingMap().values().removeIf(event -> !newer.add(event.key()));
        }
    }

    /** Reads every partition from its beginning, one after the other. */
    static final class Cursor {
        private final List<Partition> partitions;
        private final long[] positions;

        private Cursor(List<Partition> partitions) {
            this.partitions = partitions;
            this.positions = new long[partitions.size()];
        }

        Optional<Event> next(Predicate<Event> wanted) {
            for (int i = 0; i < positions.length; i++) {
                Optional<Event> found = nextOf(i, wanted);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }

        private Optional<Event> nextOf(int partition, Predicate<Event> wanted) {
            for (var entry :
                    partitions
                            .get(partition)
                            .events
                            .tailMap(positions[partition], true)
                            .entrySet()) {
                positions[partition] = entry.getKey() + 1;
                if (wanted.test(entry.getValue())) {
                    return Optional.of(entry.getValue());
                }
            }
            return Optional.empty();
        }
    }
}
