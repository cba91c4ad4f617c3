package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.event.Event;
import io.driftless.event.Hint;
import io.driftless.event.Order;
import io.driftless.event.Topic;
import io.driftless.path.EntryPath;
import io.driftless.port.EventBus;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What every {@link EventBus} promises. Each test needs topics of its own that begin empty. */
public abstract class EventBusContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final FolderId FOLDER = new FolderId("photos");
    private static final int MANY = 1000;

    protected abstract EventBus bus();

    @Test
    void hands_what_was_published_before_and_after_to_a_group() {
        publish(hint("a", 1), hint("b", 2));

        StepVerifier.create(acknowledged("indexer", 10).take(3))
                .expectNextCount(2)
                .then(() -> publish(hint("c", 3)))
                .expectNext(hint("c", 3))
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void keeps_the_order_of_events_of_one_key() {
        List<Hint> events = hints("one", MANY);

        publish(events);

        List<Hint> seen = all(acknowledged("indexer", 37).take(MANY));
        assertThat(seen).isEqualTo(events);
    }

    @Test
    void keeps_the_order_of_events_of_one_key_over_several_publications() {
        List<Hint> events = hints("one", 20);

        Flux.fromIterable(events)
                .concatMap(event -> bus().publish(List.of(event)))
                .blockLast(PATIENCE);

        assertThat(all(acknowledged("indexer", 10).take(20))).isEqualTo(events);
    }

    @Test
    void hands_out_batches_of_at_least_one_and_at_most_the_number_asked_for() {
        publish(spread(100));

        List<Integer> sizes =
                bus().consume(Topic.HINTS, "indexer", 7)
                        .concatMap(
                                batch -> batch.acknowledge().thenReturn(batch.events().size()), 1)
                        .scan(List.of(), EventBusContract::plus)
                        .takeUntil(all -> all.stream().mapToInt(size -> size).sum() >= 100)
                        .blockLast(PATIENCE);

        assertThat(sizes).allSatisfy(size -> assertThat(size).isBetween(1, 7));
    }

    @Test
    void hands_out_no_batch_that_nobody_asked_for() {
        publish(spread(100));

        StepVerifier.create(bus().consume(Topic.HINTS, "indexer", 5), 1)
                .expectNextCount(1)
                .expectNoEvent(Duration.ofMillis(300))
                .thenRequest(1)
                .expectNextCount(1)
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void gives_again_what_was_not_acknowledged_to_the_next_subscription() {
        List<Hint> events = hints("one", 10);
        publish(events);
        StepVerifier.create(
                        bus().consume(Topic.HINTS, "indexer", 4)
                                .concatMap(
                                        batch ->
                                                isFirst(batch)
                                                        ? acknowledge(batch)
                                                        : Mono.just(batch),
                                        1)
                                .takeUntil(batch -> batch.events().contains(events.getLast())))
                .thenConsumeWhile(batch -> true)
                .expectComplete()
                .verify(PATIENCE);

        List<Hint> again = all(acknowledged("indexer", 4).takeUntil(events.getLast()::equals));

        assertThat(again).isNotEmpty().doesNotContain(events.getFirst());
        assertThat(again).isEqualTo(events.subList(10 - again.size(), 10));
    }

    @Test
    void does_not_give_again_what_was_acknowledged() {
        publish(spread(50));
        assertThat(all(acknowledged("indexer", 50).take(50))).hasSize(50);

        publish(hint("last", 99));

        StepVerifier.create(acknowledged("indexer", 50))
                .expectNext(hint("last", 99))
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void gives_every_group_everything() {
        publish(spread(20));

        assertThat(all(acknowledged("one", 10).take(20))).hasSize(20);
        assertThat(all(acknowledged("two", 10).take(20))).hasSize(20);
    }

    @Test
    void shares_the_keys_among_the_members_of_a_group_and_moves_them_when_one_leaves() {
        Queue<Hint> first = new ConcurrentLinkedQueue<>();
        Queue<Hint> second = new ConcurrentLinkedQueue<>();
        Disposable leaver = acknowledged("indexer", 10).subscribe(first::add);
        Disposable stayer = acknowledged("indexer", 10).subscribe(second::add);
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> {
                    publish(spread(40));
                    assertThat(first).isNotEmpty();
                    assertThat(second).isNotEmpty();
                });

        leaver.dispose();
        List<Hint> later = spread(200).subList(100, 200);
        publish(later);

        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(second).containsAll(later));
        stayer.dispose();
    }

    @Test
    void follows_one_key_from_its_beginning_and_on() {
        publish(order("a", 1), order("b", 1), order("a", 2));

        StepVerifier.create(bus().follow(Topic.ORDERS, "a"))
                .expectNext(order("a", 1), order("a", 2))
                .then(() -> publish(order("b", 2), order("a", 3)))
                .expectNext(order("a", 3))
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void follows_every_key_from_the_beginning_and_on() {
        List<Order> orders = IntStream.range(0, 50).mapToObj(i -> order("t" + i, 1)).toList();
        publish(orders);
        List<Order> seen = new ArrayList<>();

        StepVerifier.create(bus().followAll(Topic.ORDERS).doOnNext(seen::add))
                .expectNextCount(50)
                .then(() -> publish(order("new", 1)))
                .expectNext(order("new", 1))
                .thenCancel()
                .verify(PATIENCE);
        assertThat(seen).containsAll(orders);
    }

    @Test
    void follows_from_the_beginning_each_time() {
        publish(order("a", 1), order("a", 2));
        Flux<Order> followed = bus().follow(Topic.ORDERS, "a").take(2);

        assertThat(all(followed)).containsExactly(order("a", 1), order("a", 2));
        assertThat(all(followed)).containsExactly(order("a", 1), order("a", 2));
    }

    @Test
    void follows_no_faster_than_it_is_asked() {
        publish(IntStream.range(0, MANY).mapToObj(i -> order("a", i)).toList());

        StepVerifier.create(bus().follow(Topic.ORDERS, "a"), 3)
                .expectNext(order("a", 0), order("a", 1), order("a", 2))
                .expectNoEvent(Duration.ofMillis(300))
                .thenRequest(1)
                .expectNext(order("a", 3))
                .thenCancel()
                .verify(PATIENCE);
    }

    @Test
    void publishes_nothing_before_it_is_subscribed_to_and_nothing_of_an_empty_list() {
        Mono<Void> neverSubscribed = bus().publish(List.of(hint("never", 1)));
        StepVerifier.create(bus().publish(List.of())).expectComplete().verify(PATIENCE);

        publish(hint("a", 1));

        assertThat(neverSubscribed).isNotNull();
        assertThat(all(acknowledged("indexer", 10).take(1))).containsExactly(hint("a", 1));
    }

    @Test
    void carries_the_longest_hint() {
        EntryPath directory = EntryPath.parse("d".repeat(255) + "/%FF" + "e".repeat(254));
        List<EntryPath> paths =
                IntStream.range(0, Hint.MAX_PATHS)
                        .mapToObj(i -> directory.child(longName(i)))
                        .toList();
        Hint longest = Hint.entries(FOLDER, directory, paths, Hint.Origin.WATCH);

        publish(longest);

        assertThat(acknowledged("indexer", 10).blockFirst(PATIENCE)).isEqualTo(longest);
    }

    private static byte[] longName(int number) {
        byte[] name = new byte[255];
        Arrays.fill(name, (byte) 0xff);
        name[0] = (byte) (1 + number / 200);
        name[1] = (byte) (50 + number % 200);
        return name;
    }

    private static <T> List<T> all(Flux<T> items) {
        return items.collectList().blockOptional(PATIENCE).orElseThrow();
    }

    private Flux<Hint> acknowledged(String group, int maxEvents) {
        return bus().consume(Topic.HINTS, group, maxEvents)
                .concatMap(batch -> acknowledge(batch).flatMapIterable(EventBus.Batch::events), 1);
    }

    private static Mono<EventBus.Batch<Hint>> acknowledge(EventBus.Batch<Hint> batch) {
        return batch.acknowledge().thenReturn(batch);
    }

    private static boolean isFirst(EventBus.Batch<Hint> batch) {
        return batch.events().contains(hint("one", 0));
    }

    private static List<Integer> plus(List<Integer> sizes, int size) {
        List<Integer> more = new ArrayList<>(sizes);
        more.add(size);
        return more;
    }

    private void publish(Event... events) {
        publish(List.of(events));
    }

    private void publish(List<? extends Event> events) {
        StepVerifier.create(bus().publish(events)).expectComplete().verify(PATIENCE);
    }

    private static List<Hint> hints(String directory, int count) {
        return IntStream.range(0, count).mapToObj(i -> hint(directory, i)).toList();
    }

    /** Hints of as many keys. */
    private static List<Hint> spread(int count) {
        return IntStream.range(0, count).mapToObj(i -> hint("d" + i, i)).toList();
    }

    private static Hint hint(String directory, int number) {
        EntryPath parent = EntryPath.parse(directory);
        EntryPath path = EntryPath.parse(directory + "/" + number);
        return Hint.entries(FOLDER, parent, List.of(path), Hint.Origin.WATCH);
    }

    private static Order order(String target, int scan) {
        return new Order(new TargetId(target), Optional.empty(), false, scan, 0, 0, List.of());
    }
}
