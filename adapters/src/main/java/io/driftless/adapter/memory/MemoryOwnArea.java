package io.driftless.adapter.memory;

import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Marker;
import io.driftless.port.TargetTree.StageName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The directory of a target that is ours: marker, stage, partial files and trash. Made again where
 * it is missing.
 */
final class MemoryOwnArea {
    private static final EntryPath MARKER = MemoryTree.OWN.child("marker");
    private static final EntryPath STAGE = MemoryTree.OWN.child("stage");
    private static final EntryPath PARTIAL = MemoryTree.OWN.child("partial");
    private static final EntryPath TRASH = MemoryTree.OWN.child("trash");
    private static final String OUTGOING = "out-";
    private static final int PRIVATE_MODE = 0700;

    private final MemoryTree tree;

    MemoryOwnArea(MemoryTree tree) {
        this.tree = tree;
    }

    /** Fails where something else stands in the place of one of its directories. */
    void make() {
        for (EntryPath directory : List.of(MemoryTree.OWN, STAGE, PARTIAL, TRASH)) {
            if (tree.mkdir(directory)) {
                tree.chmod(directory, PRIVATE_MODE);
            }
            if (tree.node(directory).filter(MemoryNode::isDirectory).isEmpty()) {
                throw new SyncException(
                        ErrorCode.TARGET_NOT_WRITABLE,
                        "Something else stands where " + directory + " should be.");
            }
        }
    }

    EntryPath staged(StageName name) {
        return STAGE.child(name.value());
    }

    EntryPath partial(ContentId content) {
        return PARTIAL.child(content.toString());
    }

    NavigableSet<EntryPath> stagedNames() {
        return names(STAGE);
    }

    NavigableSet<EntryPath> partialNames() {
        return names(PARTIAL);
    }

    /**
     * Moves what is at a path to the trash, with everything below it. False where it cannot be
     * moved.
     */
    boolean trash(EntryPath path) {
        make();
        NavigableSet<EntryPath> taken = names(TRASH);
        int number = taken.isEmpty() ? 1 : Integer.parseInt(taken.last().toString()) + 1;
        EntryPath place = TRASH.child("%08d".formatted(number));
        tree.mkdir(place);
        boolean isMoved = tree.rename(path, place.child(path.nameBytes()));
        if (!isMoved) {
            tree.unlink(place);
        }
        return isMoved;
    }

    /**
     * Moves something to the trash or, where that refuses, into the stage under a name that is
     * never ours. False where it cannot be moved.
     */
    boolean keep(EntryPath path) {
        return trash(path) || isOutgoing(path) || tree.rename(path, outgoing());
    }

    private static boolean isOutgoing(EntryPath path) {
        return path.parent().equals(STAGE) && path.name().startsWith(OUTGOING);
    }

    private EntryPath outgoing() {
        return Stream.iterate(1, number -> number + 1)
                .map(number -> STAGE.child(OUTGOING + number))
                .filter(free -> tree.node(free).isEmpty())
                .findFirst()
                .orElseThrow();
    }

    /** What was moved to the trash, oldest first. */
    List<EntryPath> trashed() {
        return names(TRASH).stream()
                .map(number -> TRASH.child(number.nameBytes()))
                .flatMap(place ->
                        tree.node(place).orElseThrow().children.keySet().stream()
                                .map(name -> place.child(name.nameBytes())))
                .toList();
    }

    private NavigableSet<EntryPath> names(EntryPath directory) {
        return new TreeSet<>(
                tree.node(directory).map(node -> node.children.keySet()).orElse(new TreeSet<>()));
    }

    Optional<Marker> marker() {
        return tree.bytes(MARKER).map(MemoryOwnArea::readMarker);
    }

    void write(Marker marker) {
        String text =
                String.join(
                        "\n",
                        marker.target(),
                        marker.folder(),
                        marker.incarnation().toString(),
                        marker.agent(),
                        Long.toString(marker.seq()));
        tree.write(MARKER, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Marker readMarker(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        return new Marker(
                lines[0], lines[1], UUID.fromString(lines[2]), lines[3], Long.parseLong(lines[4]));
    }
}
