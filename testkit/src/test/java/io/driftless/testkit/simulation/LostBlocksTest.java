package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.BlockHash;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.event.Order;
import io.driftless.event.Report;
import io.driftless.event.Topic;
import io.driftless.path.EntryPath;
import io.driftless.port.ObjectKey;
import io.driftless.testing.Seeds;
import io.driftless.testkit.simulation.Actor.Life;
import io.driftless.tree.Entry;
import io.driftless.tree.TargetId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/**
 * The store loses packs while the source is away. Agents may write nothing but blocks that they
 * give back.
 */
@Tag("P6")
@Tag("P12")
class LostBlocksTest {
    private static final EntryPath LOST = EntryPath.parse("lost");
    private static final String TEXT = "what both targets hold";
    private static final Duration LONG = Duration.ofSeconds(60);

    private final World world = World.of(Seeds.randomOf(7), new TrustingSigner());
    private final List<Actor> actors = new ArrayList<>();
    private final Map<TargetId, Report> reports = new HashMap<>();
    private final Map<TargetId, Order> orders = new HashMap<>();
    private final Set<BlockHash> everWanted = new HashSet<>();
    private final Disposable.Composite following = Disposables.composite();
    private final SimulatedTarget mirror = world.targets().getFirst();
    private final SimulatedTarget overlay = world.targets().getLast();
    private SortedMap<EntryPath, Entry> desired = world.source().snapshot();
    private Actor overlaysAgent;

    @BeforeEach
    void start() {
        Faults faults = new Faults(world.random(), world.timer());
        faults.end();
        History history = new History(world, new EverSeen(world.source()), _ -> false);
        Processes processes = new Processes(world, faults, Bugs.NONE, history);
        actor("indexer", processes::indexer);
        actor("transfer", processes::transfer);
        actor("reconciler", processes::reconciler);
        agent(processes, mirror);
        overlaysAgent = agent(processes, overlay);
        follow();
        write("lost", TEXT);
        pass(LONG);
        assertEqual();
    }

    private void actor(String name, Function<Life, Flux<?>> flow) {
        start(new Actor(name, flow, () -> {}, world.timer()));
    }

    private Actor agent(Processes processes, SimulatedTarget target) {
        SimulatedAgent agent = target.agents().getFirst();
        return start(
                new Actor(
                        agent.name(),
                        life -> processes.agent(life, agent),
                        agent::crash,
                        world.timer()));
    }

    private Actor start(Actor actor) {
        actors.add(actor);
        actor.start();
        return actor;
    }

    private void follow() {
        following.add(
                world.bus()
                        .followAll(Topic.REPORTS)
                        .subscribe(report -> reports.put(report.target(), report)));
        following.add(
                world.bus()
                        .followAll(Topic.ORDERS)
                        .subscribe(order -> {
                            orders.put(order.target(), order);
                            everWanted.addAll(order.wanted());
                        }));
    }

    @AfterEach
    void end() {
        following.dispose();
        actors.forEach(Actor::crash);
    }

    private void write(String path, String text) {
        world.source().write(EntryPath.parse(path), bytes(text));
        desired = world.source().snapshot();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void pass(Duration time) {
        world.timer().advanceTimeBy(time);
        actors.forEach(actor -> assertThat(actor.failure()).as(actor.name()).isEmpty());
    }

    private void assertEqual() {
        assertThat(mirror.differences(desired)).isEmpty();
        assertThat(overlay.differences(desired)).isEmpty();
    }

    private List<ObjectKey> stored(String kind) {
        return Objects.requireNonNull(
                world.store()
                        .list("f/" + world.folderId() + "/" + kind + "/")
                        .collectList()
                        .block());
    }

    private Set<String> deviations(SimulatedTarget target) {
        return reports.get(target.id()).deviations().keySet();
    }

    /** Everything, while nobody can read the source. */
    private void loseAllPacks() {
        world.source().hideRoot();
        stored("packs").forEach(key -> world.store().delete(key).block());
    }

    private void assertNothingIsWanted() {
        assertThat(orders.values()).allMatch(order -> order.wanted().isEmpty());
        assertThat(stored("returned")).isEmpty();
    }

    @Test
    void what_one_target_lost_comes_back_from_the_other_while_the_source_is_away() {
        loseAllPacks();
        mirror.edit(disk -> disk.delete(LOST));
        pass(LONG);

        assertEqual();
        assertThat(deviations(mirror)).isEmpty();
        assertThat(everWanted).isNotEmpty();
        assertNothingIsWanted();

        world.source().showRoot();
        write("new", "after it all");
        pass(LONG);
        assertEqual();
    }

    /** Also those that no target misses now: the next one would. */
    @Test
    void every_block_that_a_target_holds_is_stored_again() {
        loseAllPacks();
        mirror.edit(disk -> disk.delete(LOST));
        pass(LONG);

        StoreAudit audit = new StoreAudit(world.folderId(), world.store());
        assertThat(audit.missing(world.newestCommit().orElseThrow())).isEmpty();
    }

    @Test
    void what_no_target_holds_is_wanted_until_the_source_gives_it() {
        loseAllPacks();
        mirror.edit(disk -> disk.delete(LOST));
        overlay.edit(disk -> disk.delete(LOST));
        pass(LONG);
        assertThat(deviations(mirror)).containsExactly(ErrorCode.BLOCK_MISSING.id());
        assertThat(deviations(overlay)).containsExactly(ErrorCode.BLOCK_MISSING.id());
        assertThat(orders.values()).anyMatch(order -> !order.wanted().isEmpty());
        assertThat(world.newestCommit().orElseThrow().summary().entries())
                .isEqualTo(desired.size());

        world.source().showRoot();
        pass(LONG.multipliedBy(2));

        assertEqual();
        assertNothingIsWanted();
    }

    /** A target that lies, or whose disk does. */
    @Test
    void what_is_given_back_with_other_bytes_is_thrown_away() {
        overlaysAgent.crash();
        loseAllPacks();
        mirror.edit(disk -> disk.delete(LOST));
        Disposable lying =
                world.bus()
                        .followAll(Topic.ORDERS)
                        .filter(order -> order.target().equals(overlay.id()))
                        .flatMapIterable(Order::wanted)
                        .subscribe(this::lie);
        List<Boolean> places = new ArrayList<>();
        Disposable looking =
                world.timer()
                        .schedulePeriodically(
                                () -> places.add(isPlaced()), 1, 1, TimeUnit.MILLISECONDS);
        pass(LONG);

        assertThat(everWanted).contains(Sha256.block(bytes(TEXT)));
        assertThat(stored("returned")).isEmpty();
        assertThat(deviations(mirror)).containsExactly(ErrorCode.BLOCK_MISSING.id());
        // Of wrong bytes it would have one, until they are read again.
        assertThat(places.subList(places.indexOf(false), places.size())).containsOnly(false);

        looking.dispose();
        lying.dispose();
        overlaysAgent.start();
        pass(LONG.multipliedBy(2));
        assertEqual();
        assertNothingIsWanted();
    }

    private boolean isPlaced() {
        Set<BlockHash> lost = Set.of(Sha256.block(bytes(TEXT)));
        return !Objects.requireNonNull(world.index().locate(world.folderId(), lost).block())
                .isEmpty();
    }

    private void lie(BlockHash block) {
        ByteBuffer other =
                ByteBuffer.wrap(
                        "something else that is long enough".getBytes(StandardCharsets.UTF_8));
        world.store().put(ObjectKey.returned(world.folderId(), block), List.of(other)).block();
    }

    /** As where a target was slow, and the source, or another one, had given the block already. */
    @Test
    void what_nobody_wants_is_deleted() {
        lie(Sha256.block(bytes(TEXT)));
        lie(Sha256.block(new byte[] {1}));
        world.store()
                .put(
                        new ObjectKey("f/" + world.folderId() + "/returned/no-block"),
                        List.of(ByteBuffer.wrap(new byte[] {1})))
                .block();
        pass(LONG);

        assertThat(stored("returned")).isEmpty();
        assertThat(everWanted).isEmpty();
        assertEqual();
    }
}
