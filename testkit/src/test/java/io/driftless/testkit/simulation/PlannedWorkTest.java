package io.driftless.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.codec.ZstdBlockCodec;
import io.driftless.adapter.memory.MemoryTargetState;
import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.agent.AgentContext;
import io.driftless.agent.AgentSettings;
import io.driftless.agent.AppliedChange;
import io.driftless.agent.ApplyFlow;
import io.driftless.agent.Counters;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.guard.RemovalLimit;
import io.driftless.path.EntryPath;
import io.driftless.plan.Action;
import io.driftless.plan.Action.CreateDirectory;
import io.driftless.plan.Action.FinishDirectory;
import io.driftless.plan.Action.Remove;
import io.driftless.plan.Action.SetMetadata;
import io.driftless.plan.Action.TrashThenWrite;
import io.driftless.plan.Action.WriteContent;
import io.driftless.plan.Actual;
import io.driftless.plan.Mode;
import io.driftless.plan.Plan;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Deviations;
import io.driftless.port.TargetState.Known;
import io.driftless.port.TargetState.Settled;
import io.driftless.testing.Seeds;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.TargetId;
import io.driftless.tree.Timestamp;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * The agent decides by its own code, in steps and from what it remembers; a dry run asks the
 * planner. They must say the same of any target.
 */
class PlannedWorkTest {
    private static final EntryPath TRASH = EntryPath.parse(".driftless/trash");

    @ParameterizedTest
    @EnumSource
    void an_agent_does_what_the_plan_says(Mode mode) {
        Seeds.forEach(
                40,
                random -> {
                    Run run = new Run(mode, random);
                    run.applyAndCompare();
                    for (int i = 0; i < 3; i++) {
                        run.edit();
                        run.applyAndCompare();
                    }
                });
    }

    /** One target, its source, and edits of both between the applies. */
    private static final class Run {
        private final Mode mode;
        private final Random random;
        private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
        private final CommittedTree source;
        private final MemoryTree disk;
        private MemoryTargetState state = MemoryTargetState.create("agent");

        Run(Mode mode, Random random) {
            this.mode = mode;
            this.random = random;
            InstantSource clock = () -> Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS));
            source = new CommittedTree(new MemoryTree(clock), timer);
            disk = new MemoryTree(clock);
            new SourceEdits(source.tree, random).some(30);
            new SourceEdits(disk, random).some(15);
        }

        void edit() {
            new SourceEdits(source.tree, random).some(10);
            new SourceEdits(disk, random).some(random.nextInt(6));
        }

        void applyAndCompare() {
            Set<EntryPath> managed = managed();
            Plan plan = Plan.between(source.tree.snapshot(), actual(), mode, managed);
            SortedMap<EntryPath, Entry> expected = after(plan);
            Set<ByteBuffer> foreign = displaced(plan, path -> !managed.contains(path));
            Set<ByteBuffer> all = displaced(plan, path -> true);
            all.addAll(FileBytes.below(TRASH, disk));

            List<AppliedChange> told = apply();

            assertThat(comparable(disk.snapshot())).isEqualTo(comparable(expected));
            assertThat(blocked()).isEqualTo(paths(plan, Action.Blocked.class));
            assertThat(FileBytes.below(TRASH, disk)).containsAll(foreign).isSubsetOf(all);
            assertThat(known()).allMatch(known -> known.desired().isPresent());
            compareTold(told, plan);
        }

        private List<AppliedChange> apply() {
            source.commit();
            state = state.reopen();
            List<AppliedChange> told = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            Disposable running = new ApplyFlow(agent(told)).run().subscribe(_ -> {}, failures::add);
            timer.advanceTimeBy(Duration.ofSeconds(5));
            running.dispose();
            assertThat(failures).isEmpty();
            return told;
        }

        private AgentContext agent(List<AppliedChange> told) {
            var ports =
                    new AgentContext.Ports(
                            new MemoryTargetTree(disk),
                            state,
                            source.pages(),
                            source.store,
                            new ZstdBlockCodec(),
                            new TrustingSigner(),
                            source.bus);
            return new AgentContext(
                    new TargetId("target"),
                    CommittedTree.FOLDER,
                    mode,
                    ports,
                    AgentSettings.defaults().withExtras(RemovalLimit.NEVER),
                    timer,
                    () -> new UUID(random.nextLong(), random.nextLong()),
                    new Counters(told::add));
        }

        // ---- What is there

        private SortedMap<EntryPath, Actual> actual() {
            SortedMap<EntryPath, Actual> actual = new TreeMap<>();
            disk.snapshot()
                    .forEach((path, entry) ->
                            actual.put(path, Actual.of(present(path), contentOf(entry))));
            return actual;
        }

        private static Optional<ContentId> contentOf(Entry entry) {
            return entry instanceof Entry.FileEntry file
                    ? Optional.of(file.content().id())
                    : Optional.empty();
        }

        private Found.Present present(EntryPath path) {
            return (Found.Present) disk.look(path);
        }

        private List<Known> known() {
            return state.known(Optional.empty(), Integer.MAX_VALUE).blockOptional().orElseThrow();
        }

        /** What is still as the agent left it. */
        private Set<EntryPath> managed() {
            Set<EntryPath> there = disk.snapshot().keySet();
            return known().stream()
                    .flatMap(known -> known.applied().stream())
                    .filter(applied -> there.contains(applied.path()))
                    .filter(applied -> isSame(present(applied.path()).stat(), applied.stat()))
                    .map(Applied::path)
                    .collect(Collectors.toSet());
        }

        private static boolean isSame(Stat actual, Stat applied) {
            return actual.kind() == Stat.Kind.DIRECTORY
                    ? applied.kind() == Stat.Kind.DIRECTORY && actual.isSameInode(applied)
                    : actual.isSameTuple(applied);
        }

        private Set<EntryPath> blocked() {
            Deviations deviations =
                    state.deviations(Integer.MAX_VALUE).blockOptional().orElseThrow();
            assertThat(deviations.counts().keySet())
                    .isSubsetOf(Set.of(ErrorCode.FOREIGN_IN_THE_WAY));
            return deviations.examples().stream().map(Settled::path).collect(Collectors.toSet());
        }

        // ---- What the plan says

        private SortedMap<EntryPath, Entry> after(Plan plan) {
            SortedMap<EntryPath, Entry> tree = new TreeMap<>(disk.snapshot());
            for (Action action : plan.actions()) {
                switch (action) {
                    case CreateDirectory(var entry) -> tree.put(entry.path(), entry);
                    case WriteContent(var entry, var _) -> tree.put(entry.path(), entry);
                    case SetMetadata(var entry, var _) -> tree.put(entry.path(), entry);
                    case FinishDirectory(var entry) -> tree.put(entry.path(), entry);
                    case TrashThenWrite(var entry, var _) -> {
                        tree.keySet().removeIf(entry.path()::isAncestorOf);
                        tree.put(entry.path(), entry);
                    }
                    case Remove(var path, var _, var _) -> tree.remove(path);
                    case Action.Keep _, Action.Release _, Action.Blocked _ -> {}
                    case Action.ReadFirst _ -> throw new AssertionError("every content is known");
                }
            }
            return tree;
        }

        /** In overlay, directory times are not compared. */
        private SortedMap<EntryPath, Entry> comparable(SortedMap<EntryPath, Entry> tree) {
            SortedMap<EntryPath, Entry> comparable = new TreeMap<>(tree);
            comparable.replaceAll((_, entry) ->
                    mode == Mode.OVERLAY && entry instanceof Entry.DirectoryEntry
                            ? entry.withMetadata(timeless(entry.metadata()))
                            : entry);
            return comparable;
        }

        private static Metadata timeless(Metadata metadata) {
            return new Metadata(metadata.mode(), metadata.uid(), metadata.gid(), Timestamp.EPOCH);
        }

        /** The bytes of those files that the plan moves to the trash. */
        private Set<ByteBuffer> displaced(Plan plan, Predicate<EntryPath> which) {
            Set<EntryPath> trashed = paths(plan, TrashThenWrite.class);
            Set<EntryPath> gone = new HashSet<>(trashed);
            plan.actions()
                    .forEach(action -> {
                        if (action instanceof Remove(var path, var _, var isExtra) && isExtra) {
                            gone.add(path);
                        }
                    });
            return disk.snapshot().keySet().stream()
                    .filter(which)
                    .filter(path -> gone.contains(path) || isBelow(trashed, path))
                    .flatMap(path -> disk.bytes(path).stream())
                    .map(ByteBuffer::wrap)
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }

    // ---- What is told

    /** Of directories it is told how they differ from what was left, not from what is there. */
    private static void compareTold(List<AppliedChange> told, Plan plan) {
        Set<EntryPath> written = paths(plan, CreateDirectory.class);
        written.addAll(paths(plan, WriteContent.class));
        written.addAll(paths(plan, TrashThenWrite.class));
        Set<EntryPath> trashed = paths(plan, TrashThenWrite.class);

        Set<EntryPath> removed = told(told, one -> one.desired().isEmpty());
        removed.removeIf(path -> isBelow(trashed, path));

        assertThat(told(told, AppliedChange::isContentWritten)).isEqualTo(written);
        assertThat(told(told, one -> !one.isContentWritten() && isNoDirectory(one)))
                .isEqualTo(describedFiles(plan));
        assertThat(removed).isEqualTo(paths(plan, Remove.class));
    }

    private static boolean isNoDirectory(AppliedChange change) {
        return change.desired()
                .filter(entry -> !(entry instanceof Entry.DirectoryEntry))
                .isPresent();
    }

    private static Set<EntryPath> describedFiles(Plan plan) {
        Set<EntryPath> files = new TreeSet<>();
        plan.actions()
                .forEach(action -> {
                    if (action instanceof SetMetadata(var entry, var _)
                            && !(entry instanceof Entry.DirectoryEntry)) {
                        files.add(entry.path());
                    }
                });
        return files;
    }

    private static Set<EntryPath> told(List<AppliedChange> told, Predicate<AppliedChange> which) {
        return told.stream()
                .filter(which)
                .map(AppliedChange::path)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<EntryPath> paths(Plan plan, Class<? extends Action> kind) {
        return plan.actions().stream()
                .filter(kind::isInstance)
                .map(Action::path)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isBelow(Set<EntryPath> tops, EntryPath path) {
        return tops.stream().anyMatch(top -> top.isAncestorOf(path));
    }
}
