package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.circuit.ProbingStore;
import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryTargetState;
import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.agent.AgentContext;
import io.driftless.agent.AgentSettings;
import io.driftless.agent.ApplyFlow;
import io.driftless.agent.Counters;
import io.driftless.block.BlockHash;
import io.driftless.block.BlockLocation;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.event.Report;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.ObjectKey;
import io.driftless.port.PageStore;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Settled;
import io.driftless.tree.TargetId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What an agent does when the store no longer has what it was told of. */
class GoneObjectsTest {
    private static final String PAGES = "f/planned/pages/";
    private static final String PACKS = "f/planned/packs/";
    private static final UUID MOVED = new UUID(7, 7);
    private static final long ALL_LARGE = 1;
    private static final long ALL_SMALL = 1 << 20;

    private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
    private final InstantSource clock =
            () -> Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
    private final CommittedTree source = new CommittedTree(new MemoryTree(clock), timer);
    private final MemoryTree disk = new MemoryTree(clock);
    private final List<Report> reports = new ArrayList<>();
    private final TargetState state = MemoryTargetState.create("agent");
    private AgentSettings settings = AgentSettings.defaults();
    private Disposable running = Disposables.disposed();

    /** Why the store does not give an object. */
    private volatile Function<ObjectKey, Optional<ErrorCode>> reading = _ -> Optional.empty();

    @AfterEach
    void stop() {
        running.dispose();
    }

    @Test
    void an_agent_turns_to_the_newest_commit_when_a_page_of_an_older_one_is_gone() {
        write("a", "one");
        source.commit();
        keys(PAGES).forEach(key -> source.store.delete(key).block());
        start(source.pages());
        timer.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(disk.snapshot()).hasSize(1);
        assertThat(reports.getLast().deviations()).containsKey(ErrorCode.STORE_OBJECT_MISSING.id());

        write("b", "two");
        source.commit();
        timer.advanceTimeBy(Duration.ofSeconds(11));

        assertThat(disk.snapshot()).isEqualTo(source.tree.snapshot());
        assertThat(reports.getLast().deviations()).isEmpty();
    }

    @Test
    void an_agent_reads_locations_again_past_its_cache_when_a_pack_is_gone() {
        write("a", "one");
        source.commit();
        PageStore pages = source.pages();
        List<PageHash> names = locations();
        names.forEach(name -> pages.locations(name).block());
        movePack(names);

        start(pages);
        timer.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(disk.snapshot()).isEqualTo(source.tree.snapshot());
        assertThat(reports.getLast().deviations()).isEmpty();
    }

    @Test
    void an_agent_says_which_blocks_are_missing_and_tries_again() {
        write("a", "one");
        source.commit();
        ObjectKey pack = keys(PACKS).getFirst();
        ByteBuffer bytes = Objects.requireNonNull(source.store.get(pack).block());
        source.store.delete(pack).block();
        start(source.pages());
        timer.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(disk.look(EntryPath.parse("a")).toString()).contains("Absent");
        assertThat(reports.getLast().deviations()).containsKey(ErrorCode.BLOCK_MISSING.id());

        source.store.put(pack, List.of(bytes)).block();
        timer.advanceTimeBy(Duration.ofMinutes(10));

        assertThat(disk.snapshot()).isEqualTo(source.tree.snapshot());
        assertThat(reports.getLast().deviations()).isEmpty();
    }

    /** A pack that was damaged and stored again under another name stays for a while. */
    @ParameterizedTest
    @ValueSource(longs = {ALL_LARGE, ALL_SMALL})
    void an_agent_reads_locations_again_past_its_cache_when_a_pack_is_damaged(long largeBytes) {
        write("a", "one");
        source.commit();
        PageStore pages = source.pages();
        List<PageHash> names = locations();
        names.forEach(name -> pages.locations(name).block());
        ObjectKey old = keys(PACKS).getFirst();
        movePack(names);
        source.store.put(old, List.of(ByteBuffer.wrap(new byte[1_000]))).block();

        settings = settings.withLargeBytes(largeBytes);
        start(pages);
        timer.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(disk.snapshot()).isEqualTo(source.tree.snapshot());
        assertThat(reports.getLast().deviations()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"DEPENDENCY_UNAVAILABLE", "STORE_REFUSED"})
    void a_large_file_is_not_charged_for_a_store_that_refuses_all(ErrorCode code) {
        write("a", "one");
        source.commit();
        settings = settings.withLargeBytes(ALL_LARGE);
        PageStore pages = source.pages();
        reading = _ -> Optional.of(code);
        start(pages);
        timer.advanceTimeBy(Duration.ofMinutes(2));

        assertThat(deviations().counts()).isEmpty();
        assertThat(reports.getLast().deviations()).containsOnlyKeys(code.id());

        reading = _ -> Optional.empty();
        timer.advanceTimeBy(Duration.ofSeconds(11));
        assertThat(disk.snapshot()).isEqualTo(source.tree.snapshot());
        assertThat(reports.getLast().deviations()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {ALL_LARGE, ALL_SMALL})
    void a_pack_that_cannot_be_read_holds_up_only_what_needs_it(long largeBytes) {
        write("a", "one");
        write("b", "two");
        write("c", "three");
        source.commit();
        ObjectKey pack = keys(PACKS).getFirst();
        copyPack(locations(), at -> !at.hash().equals(hash("one")));
        reading =
                key ->
                        key.equals(pack)
                                ? Optional.of(ErrorCode.DEPENDENCY_UNAVAILABLE)
                                : Optional.empty();
        settings = settings.withLargeBytes(largeBytes);
        start(source.pages());
        timer.advanceTimeBy(Duration.ofSeconds(3));

        assertThat(disk.bytes(EntryPath.parse("b"))).isPresent();
        assertThat(disk.bytes(EntryPath.parse("c"))).isPresent();
        assertThat(deviations().examples())
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.path()).isEqualTo(EntryPath.parse("a"));
                    assertThat(one.code()).isEqualTo(ErrorCode.STORE_OBJECT_UNREADABLE);
                    assertThat(one.tries()).isPositive();
                });
        assertThat(reports.getLast().doubted()).containsExactly(new UUID(1, 1));

        write("later", "four");
        source.commit();
        timer.advanceTimeBy(Duration.ofSeconds(61));
        assertThat(disk.snapshot()).isEqualTo(source.tree.snapshot());
        assertThat(reports.getLast().deviations()).isEmpty();
    }

    @Test
    void a_damaged_block_holds_up_none_that_lies_beside_it() {
        write("a", "one");
        write("b", "two");
        source.commit();
        damage(hash("one"));

        start(source.pages());
        timer.advanceTimeBy(Duration.ofSeconds(3));

        assertThat(disk.bytes(EntryPath.parse("b"))).isPresent();
        assertThat(deviations().examples())
                .extracting(Settled.Deviating::path)
                .containsExactly(EntryPath.parse("a"));
    }

    private static BlockHash hash(String text) {
        return Sha256.block(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void damage(BlockHash block) {
        ObjectKey pack = keys(PACKS).getFirst();
        ByteBuffer bytes = Objects.requireNonNull(source.store.get(pack).block());
        BlockLocation at =
                Objects.requireNonNull(source.pages().locations(locations().getFirst()).block())
                        .stream()
                        .filter(one -> one.hash().equals(block))
                        .findFirst()
                        .orElseThrow();
        int first = (int) at.offsetBytes();
        bytes.put(first, (byte) (bytes.get(first) ^ 1));
        source.store.put(pack, List.of(bytes)).block();
    }

    private TargetState.Deviations deviations() {
        return Objects.requireNonNull(state.deviations(10).block());
    }

    private List<PageHash> locations() {
        return keys("f/planned/locations/").stream().map(GoneObjectsTest::name).toList();
    }

    private void write(String path, String text) {
        source.tree.write(EntryPath.parse(path), text.getBytes(StandardCharsets.UTF_8));
    }

    /** To another name, as whoever rewrites packs does it: locations, then the old pack. */
    private void movePack(List<PageHash> pages) {
        ObjectKey old = keys(PACKS).getFirst();
        copyPack(pages, _ -> true);
        source.store.delete(old).block();
    }

    private void copyPack(List<PageHash> pages, Predicate<BlockLocation> isMoved) {
        ByteBuffer bytes = Objects.requireNonNull(source.store.get(keys(PACKS).getFirst()).block());
        source.store.put(ObjectKey.pack(CommittedTree.FOLDER, MOVED), List.of(bytes)).block();
        PageStore store = source.pages();
        Map<PageHash, List<BlockLocation>> moved = new HashMap<>();
        for (PageHash page : pages) {
            List<BlockLocation> places = Objects.requireNonNull(store.locations(page).block());
            moved.put(page, places.stream().map(at -> isMoved.test(at) ? moved(at) : at).toList());
        }
        store.putLocations(moved).block();
    }

    private static BlockLocation moved(BlockLocation at) {
        return new BlockLocation(at.block(), MOVED, at.offsetBytes(), at.storedBytes(), at.codec());
    }

    private static PageHash name(ObjectKey key) {
        return PageHash.parse(key.value().substring(key.value().lastIndexOf('/') + 1));
    }

    private List<ObjectKey> keys(String prefix) {
        return Objects.requireNonNull(source.store.list(prefix).collectList().block());
    }

    private void start(PageStore pages) {
        var ports =
                new AgentContext.Ports(
                        new MemoryTargetTree(disk),
                        state,
                        pages,
                        new ProbingStore(
                                new RefusingStore(source.store, key -> reading.apply(key)), timer),
                        new ZstdBlockCodec(),
                        new TrustingSigner(),
                        source.bus);
        AgentContext context =
                new AgentContext(
                        new TargetId("target"),
                        CommittedTree.FOLDER,
                        Mode.MIRROR,
                        ports,
                        settings,
                        timer,
                        UUID::randomUUID,
                        new Counters());
        running = new ApplyFlow(context).run().subscribe(reports::add);
    }
}
