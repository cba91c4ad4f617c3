package io.driftless.adapter.memory;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Event;
import io.driftless.event.Topic;
import io.driftless.port.EventBus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The topics in memory. Keys are spread over partitions, and consumer groups keep their committed
 * offsets when every member has left, as a broker does: what was not acknowledged comes again at
 * the next subscription. A member that joins or leaves moves partitions; an acknowledgement by a
 * member that lost a partition no longer counts there.
 *
 * <p>Deterministic. Events are handed over on the delivery scheduler, by default on the thread that
 * publishes, requests or leaves. Safe for several threads.
 */
public final class MemoryEventBus implements EventBus {
    private static final int PARTITIONS = 8;

    private final Map<String, TopicLog> logs = new TreeMap<>();
    private final Scheduler delivery;

    public MemoryEventBus() {
        this(PARTITIONS, Schedulers.immediate());
    }

    public MemoryEventBus(int partitions, Scheduler delivery) {
        this.delivery = delivery;
        for (Topic<?> topic : Topic.ALL) {
            logs.put(topic.name(), new TopicLog(partitions));
        }
    }

    @Override
    public Mono<Void> publish(List<? extends Event> events) {
        return Mono.fromRunnable(() -> append(List.copyOf(events)));
    }

    private void append(List<? extends Event> events) {
        List<Outlet<?>> touched = new ArrayList<>();
        synchronized (logs) {
            for (Event event : events) {
                log(Topic.of(event)).append(event);
            }
            events.stream()
                    .map(Topic::of)
                    .distinct()
                    .forEach(topic -> touched.addAll(log(topic).outlets()));
        }
        touched.forEach(Outlet::signal);
    }

    @Override
    public <E extends Event> Flux<Batch<E>> consume(Topic<E> topic, String group, int maxEvents) {
        if (maxEvents < 1) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "A batch has 1 event or more, not " + maxEvents + ".");
        }
        return Flux.create(
                sink -> join(topic, group, maxEvents, sink), FluxSink.OverflowStrategy.ERROR);
    }

    private <E extends Event> void join(
            Topic<E> topic, String groupName, int maxEvents, FluxSink<Batch<E>> sink) {
        TopicLog log = log(topic);
        ConsumerGroup group;
        ConsumerGroup.Member member;
        synchronized (logs) {
            group = log.group(groupName);
            member = group.join();
        }
        deliver(
                log,
                sink,
                () -> member.poll(maxEvents).map(taken -> batch(topic, taken)),
                () -> group.leave(member));
    }

    private <E extends Event> Batch<E> batch(Topic<E> topic, ConsumerGroup.Taken taken) {
        List<E> events = taken.events().stream().map(topic.type()::cast).toList();
        return new Batch<>(events, Mono.fromRunnable(() -> acknowledge(taken)));
    }

    private void acknowledge(ConsumerGroup.Taken taken) {
        synchronized (logs) {
            taken.commit();
        }
    }

    @Override
    public <E extends Event> Flux<E> follow(Topic<E> topic, String key) {
        return follow(topic, event -> event.key().equals(key));
    }

    @Override
    public <E extends Event> Flux<E> followAll(Topic<E> topic) {
        return follow(topic, event -> true);
    }

    private <E extends Event> Flux<E> follow(Topic<E> topic, Predicate<Event> wanted) {
        return Flux.create(
                sink -> {
                    TopicLog log = log(topic);
                    TopicLog.Cursor cursor = log.cursor();
                    deliver(log, sink, () -> cursor.next(wanted).map(topic.type()::cast), () -> {});
                },
                FluxSink.OverflowStrategy.ERROR);
    }

    /** Hands over what {@code next} gives, as demand allows, until the subscriber leaves. */
    private <T> void deliver(
            TopicLog log, FluxSink<T> sink, Supplier<Optional<T>> next, Runnable leave) {
        Outlet<T> outlet = new Outlet<>(sink, locked(next), delivery.createWorker());
        synchronized (logs) {
            log.outlets().add(outlet);
        }
        sink.onDispose(() -> remove(log, outlet, leave));
        sink.onRequest(_ -> outlet.signal());
    }

    private void remove(TopicLog log, Outlet<?> outlet, Runnable leave) {
        List<Outlet<?>> others;
        synchronized (logs) {
            log.outlets().remove(outlet);
            leave.run();
            others = List.copyOf(log.outlets());
        }
        outlet.close();
        others.forEach(Outlet::signal);
    }

    private <T> Supplier<Optional<T>> locked(Supplier<Optional<T>> next) {
        return () -> {
            synchronized (logs) {
                return next.get();
            }
        };
    }

    /**
     * Does what a broker may do at any time: of the compacted topics, keeps only the newest event
     * of each key.
     */
    public void compact() {
        synchronized (logs) {
            Topic.ALL.stream().filter(Topic::isCompacted).forEach(topic -> log(topic).compact());
        }
    }

    /** Loses everything that a topic holds, read or not, as when its disks are gone. */
    public void lose(Topic<?> topic) {
        synchronized (logs) {
            log(topic).clear();
        }
    }

    private TopicLog log(Topic<?> topic) {
        TopicLog log = logs.get(topic.name());
        if (log == null) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN, "There is no topic " + topic.name() + ".");
        }
        return log;
    }
}
