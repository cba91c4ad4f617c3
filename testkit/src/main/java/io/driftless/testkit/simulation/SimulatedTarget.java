package io.driftless.testkit.simulation;

import io.driftless.adapter.memory.MemoryTargetState;
import io.driftless.adapter.memory.MemoryTargetTree;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.TargetState.Deviations;
import io.driftless.tree.Entry;
import io.driftless.tree.TargetId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A target's disk and its agent's state: what survives a crash of the agent. */
final class SimulatedTarget {
    private static final EntryPath OWN = EntryPath.parse(".driftless");

    private final TargetId id;
    private final Mode mode;
    private final MemoryTree disk;
    private final SortedMap<EntryPath, Entry> foreign;
    private MemoryTargetTree tree;
    private MemoryTargetState state;

    SimulatedTarget(TargetId id, Mode mode, MemoryTree disk) {
        this.id = id;
        this.mode = mode;
        this.disk = disk;
        this.foreign = disk.snapshot();
        this.tree = new MemoryTargetTree(disk);
        this.state = MemoryTargetState.create("agent-" + id);
    }

    TargetId id() {
        return id;
    }

    Mode mode() {
        return mode;
    }

    MemoryTargetTree tree() {
        return tree;
    }

    MemoryTargetState state() {
        return state;
    }

    void crash() {
        tree.crash();
        tree = new MemoryTargetTree(disk);
        state = state.reopen();
    }

    /** Paths that are not as they should be; empty when the target has converged. */
    List<String> differences(SortedMap<EntryPath, Entry> desired) {
        SortedMap<EntryPath, Entry> actual = new TreeMap<>(disk.snapshot());
        actual.keySet().removeIf(path -> path.equals(OWN) || OWN.isAncestorOf(path));
        List<String> differences = new ArrayList<>();
        Set<EntryPath> hindered = hindered();
        desired.forEach((path, entry) -> {
            Entry there = actual.get(path);
            boolean isHindered =
                    mode == Mode.OVERLAY
                            && hindered.stream()
                                    .anyMatch(way -> way.equals(path) || way.isAncestorOf(path));
            if (!isHindered && (there == null || !isSame(entry, there))) {
                differences.add("%s is %s, desired is %s".formatted(path, there, entry));
            }
        });
        actual.keySet().stream()
                .filter(path -> mode == Mode.MIRROR && !desired.containsKey(path))
                .forEach(path -> differences.add(path + " is extra: " + story(path)));
        return differences;
    }

    /** In overlay, a directory that is in the way of a file stays, and is said to be. */
    private Set<EntryPath> hindered() {
        Set<EntryPath> hindered = new HashSet<>();
        Deviations deviations = Objects.requireNonNull(state.deviations(1_000).block());
        deviations.examples().stream()
                .filter(one -> one.code() == ErrorCode.FOREIGN_IN_THE_WAY)
                .forEach(one -> hindered.add(one.path()));
        return hindered;
    }

    /** What its agent knows of a path, for messages. */
    String story(EntryPath path) {
        return "%s; %s; look %s"
                .formatted(
                        state.knownOf(List.of(path)).block(),
                        state.deviations(5).block(),
                        disk.look(path));
    }

    private boolean isSame(Entry desired, Entry actual) {
        boolean isOverlaidDirectory =
                mode == Mode.OVERLAY && desired instanceof Entry.DirectoryEntry;
        return isOverlaidDirectory
                ? actual instanceof Entry.DirectoryEntry
                        && desired.metadata().mode() == actual.metadata().mode()
                : desired.equals(actual);
    }

    /**
     * Foreign paths of an overlay target that are gone from the tree without being in the way of
     * anything.
     */
    List<String> lost(SortedMap<EntryPath, Entry> everDesired) {
        List<String> lost = new ArrayList<>();
        if (mode == Mode.MIRROR) {
            return lost;
        }
        SortedMap<EntryPath, Entry> actual = disk.snapshot();
        foreign.keySet().stream()
                .filter(path -> !actual.containsKey(path) && !everDesired.containsKey(path))
                .forEach(path -> lost.add(path + " was foreign and is gone"));
        return lost;
    }
}
