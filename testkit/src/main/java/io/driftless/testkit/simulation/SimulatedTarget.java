package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryTargetState;
import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.TargetState.Deviations;
import io.driftless.port.TargetState.Settled;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.TargetId;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A target's disk, and its agents: mostly one. */
final class SimulatedTarget {
    private static final EntryPath STAGE = EntryPath.parse(".driftless/stage");

    private final TargetId id;
    private final Mode mode;
    private final MemoryTree disk;
    private final SortedMap<EntryPath, Entry> foreign;
    private final Set<ByteBuffer> foreignBytes;
    private final Claims claims = new Claims(this);
    private final List<SimulatedAgent> agents = new ArrayList<>();

    /** Bytes of ours that are unknown to the agent that has the target now, or had it later. */
    private final Set<ByteBuffer> inherited = new HashSet<>();

    SimulatedTarget(TargetId id, Mode mode, MemoryTree disk) {
        this.id = id;
        this.mode = mode;
        this.disk = disk;
        this.foreign = new TreeMap<>(disk.snapshot());
        this.foreignBytes = FileBytes.of(disk);
        addAgent();
    }

    TargetId id() {
        return id;
    }

    Mode mode() {
        return mode;
    }

    /** Of all its agents at most one can work. */
    SimulatedAgent addAgent() {
        SimulatedAgent agent =
                new SimulatedAgent(
                        this, "agent " + id + (agents.isEmpty() ? "" : " " + agents.size()));
        agents.add(agent);
        return agent;
    }

    List<SimulatedAgent> agents() {
        return agents;
    }

    Claims claims() {
        return claims;
    }

    /** The disk as a process opens it. */
    MemoryTargetTree open() {
        return new MemoryTargetTree(disk);
    }

    /**
     * Another agent takes the target over. What it does not know as it is now may be anybody's: it
     * can tell by the hash that it is desired, and else goes to the trash. So does what is left in
     * the stage.
     */
    void inherit(SimulatedAgent agent) {
        inherited.addAll(FileBytes.below(STAGE, disk));
        Map<EntryPath, Stat> known = new HashMap<>();
        agent.known().stream()
                .flatMap(one -> one.applied().stream())
                .forEach(applied -> known.put(applied.path(), applied.stat()));
        disk.snapshot().keySet().stream()
                .filter(path -> !isAs(known.get(path), path))
                .forEach(path -> disk.bytes(path).map(ByteBuffer::wrap).ifPresent(inherited::add));
    }

    private boolean isAs(@Nullable Stat known, EntryPath path) {
        return known != null
                && disk.look(path) instanceof Found.Present there
                && known.isSameTuple(there.stat());
    }

    /** A byte of a file that is not somebody's changes below the file system. */
    void rot(Random random) {
        List<EntryPath> ours =
                disk.snapshot().values().stream()
                        .filter(Entry.FileEntry.class::isInstance)
                        .map(Entry::path)
                        .filter(path -> !foreign.containsKey(path))
                        .toList();
        if (!ours.isEmpty()) {
            disk.rot(ours.get(random.nextInt(ours.size())), 0);
        }
    }

    /** What people do to a target is theirs, like what was here before. */
    void edit(Consumer<MemoryTree> edits) {
        SortedMap<EntryPath, Entry> before = disk.snapshot();
        Set<ByteBuffer> bytesBefore = FileBytes.of(disk);
        edits.accept(disk);
        SortedMap<EntryPath, Entry> after = disk.snapshot();
        before.keySet().stream().filter(path -> !after.containsKey(path)).forEach(foreign::remove);
        after.forEach((path, entry) -> {
            if (!entry.equals(before.get(path))) {
                foreign.put(path, entry);
            }
        });
        Set<ByteBuffer> bytesAfter = FileBytes.of(disk);
        foreignBytes.retainAll(bytesAfter);
        bytesAfter.removeAll(bytesBefore);
        foreignBytes.addAll(bytesAfter);
    }

    /** Paths that are not as they should be; empty when the target has converged. */
    List<String> differences(SortedMap<EntryPath, Entry> desired) {
        SortedMap<EntryPath, Entry> actual = disk.snapshot();
        List<String> differences = new ArrayList<>();
        Set<EntryPath> hindered = hindered();
        desired.forEach((path, entry) -> {
            Entry there = actual.get(path);
            boolean isExcused = hindered.contains(path) && isDirectoryInTheWay(entry, there);
            if (!isExcused && (there == null || !isSame(entry, there))) {
                differences.add("%s is %s, desired is %s".formatted(path, there, entry));
            }
        });
        actual.keySet().stream()
                .filter(path -> mode == Mode.MIRROR && !desired.containsKey(path))
                .forEach(path -> differences.add(path + " is extra: " + story(path)));
        return differences;
    }

    /** Where the agent that has the target says that something is in the way. */
    private Set<EntryPath> hindered() {
        MemoryTargetState state = claims.last().orElse(agents.getFirst()).state();
        Deviations deviations = Objects.requireNonNull(state.deviations(1_000).block());
        return deviations.examples().stream()
                .filter(one -> one.code() == ErrorCode.FOREIGN_IN_THE_WAY)
                .map(Settled::path)
                .collect(Collectors.toSet());
    }

    /** In overlay, a directory stays where something else is desired. */
    private boolean isDirectoryInTheWay(Entry desired, @Nullable Entry there) {
        return mode == Mode.OVERLAY
                && there instanceof Entry.DirectoryEntry
                && !(desired instanceof Entry.DirectoryEntry);
    }

    /** What its agent knows of a path, for messages. */
    String story(EntryPath path) {
        MemoryTargetState state = claims.last().orElse(agents.getFirst()).state();
        return "%s; %s; look %s"
                .formatted(
                        state.knownOf(List.of(path)).block(),
                        state.deviations(5).block(),
                        disk.look(path));
    }

    /**
     * Files in the trash though they are nobody's but ours, where nobody else touched this target.
     * Directories may be there: one in the way of a file goes with all that is in it. What went at
     * the source is nobody's of an overlay any more. What an agent did not know when it took the
     * target over may be there too.
     */
    List<String> wasted() {
        return mode == Mode.OVERLAY ? List.of() : trashedOfOurs();
    }

    private List<String> trashedOfOurs() {
        return open().trash().stream()
                .flatMap(path -> disk.bytes(path).map(ByteBuffer::wrap).stream())
                .filter(bytes -> !foreignBytes.contains(bytes) && !inherited.contains(bytes))
                .map(bytes -> bytes.remaining() + " bytes of ours were put into the trash")
                .toList();
    }

    /** In overlay, a directory's times change with what others put there. */
    private boolean isSame(Entry desired, Entry actual) {
        boolean isOverlaidDirectory =
                mode == Mode.OVERLAY && desired instanceof Entry.DirectoryEntry;
        return isOverlaidDirectory
                ? desired.equals(actual.withMetadata(timed(actual, desired)))
                : desired.equals(actual);
    }

    private static Metadata timed(Entry entry, Entry times) {
        Metadata metadata = entry.metadata();
        return new Metadata(
                metadata.mode(), metadata.uid(), metadata.gid(), times.metadata().modified());
    }

    /**
     * What was here before us and is lost: in overlay, a path that was never in the way of anything
     * and is not as it was; in both modes, bytes that are neither in the tree nor in the trash.
     *
     * @param everDesired every path that ever was at the source
     * @param everHeld the bytes of every file that ever was there: what is equal to them is adopted
     */
    List<String> lost(Set<EntryPath> everDesired, Set<ByteBuffer> everHeld) {
        List<String> lost = new ArrayList<>();
        SortedMap<EntryPath, Entry> actual = disk.snapshot();
        foreign.forEach((path, entry) -> {
            boolean isFree = mode == Mode.OVERLAY && !everDesired.contains(path);
            if (isFree && !entry.equals(actual.get(path))) {
                lost.add("%s was foreign %s and is %s".formatted(path, entry, actual.get(path)));
            }
        });
        Set<ByteBuffer> kept = FileBytes.of(disk);
        foreignBytes.stream()
                // Not to be told from a partial file of ours into which nothing was written yet.
                .filter(Buffer::hasRemaining)
                .filter(bytes -> !kept.contains(bytes) && !everHeld.contains(bytes))
                .forEach(bytes -> lost.add(bytes.remaining() + " foreign bytes are gone"));
        return lost;
    }
}
