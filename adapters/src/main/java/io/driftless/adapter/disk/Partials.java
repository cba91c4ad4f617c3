package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.block.Sha256;
import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.StageName;
import io.driftless.tree.Entry;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Large files that are made piece by piece, each named for its content so that a crash loses none
 * of it.
 */
final class Partials {
    private static final int MADE_WHERE_MISSING = Flag.O_RDWR | Flag.O_CREAT;

    private final Workspace workspace;

    Partials(Workspace workspace) {
        this.workspace = workspace;
    }

    private static byte[] nameOf(ContentId content) {
        return content.toString().getBytes(US_ASCII);
    }

    private Descriptor open(ContentId content, int flags) {
        Descriptor partials = workspace.openPartials();
        if (!partials.isOpen()) {
            return partials;
        }
        try (partials) {
            return Opening.inside(partials.number(), nameOf(content), flags, 0600);
        }
    }

    private static void check(String verb, ContentId content, long result) {
        if (result < 0) {
            throw Failures.writing(verb, "partial file " + content, result);
        }
    }

    /** How many bytes it has. */
    long open(ContentId content) {
        long size =
                workspace.callWithSpace(() -> {
                    try (Descriptor file = open(content, MADE_WHERE_MISSING)) {
                        int looked = file.isOpen() ? Statx.look(file) : file.number();
                        return looked < 0 ? looked : Statx.seen().sizeBytes();
                    }
                });
        check("open", content, size);
        return size;
    }

    void write(ContentId content, long offset, ByteBuffer bytes) {
        try (Descriptor file = open(content, Flag.O_RDWR)) {
            check("open", content, file.number());
            check(
                    "write",
                    content,
                    workspace.callWithSpace(() -> Transfer.write(file, offset, bytes)));
        }
    }

    boolean holds(ContentId content, long offset, BlockRef block) {
        try (Descriptor file = open(content, Flag.O_RDWR)) {
            return file.isOpen() && holds(file, offset, block);
        }
    }

    private static boolean holds(Descriptor file, long offset, BlockRef block) {
        MemorySegment room = Scratch.get().block().asSlice(0, block.lengthBytes());
        return Transfer.read(file, offset, room) == block.lengthBytes()
                && Sha256.block(room.asByteBuffer()).equals(block.hash());
    }

    record Copy(BlockRef block, long offset, EntryPath from, long fromOffset) {}

    boolean copyInto(ContentId content, Copy copy, Extents extents) {
        try (Descriptor source = FileReading.regularFile(workspace.root(), copy.from);
                Descriptor file = open(content, Flag.O_RDWR)) {
            check("open", content, file.number());
            int length = copy.block.lengthBytes();
            boolean isLongEnough =
                    source.isOpen()
                            && Statx.look(source) >= 0
                            && Statx.seen().sizeBytes() >= copy.fromOffset + length;
            if (!isLongEnough) {
                return false;
            }
            boolean isShared =
                    extents.share(
                            new Extents.Range(source, copy.fromOffset, file, copy.offset, length));
            return isShared
                    ? holds(file, copy.offset, copy.block)
                    : copyChecked(content, copy, source, file);
        }
    }

    /** What is written is what was checked, so it is not read again. */
    private boolean copyChecked(ContentId content, Copy copy, Descriptor source, Descriptor file) {
        if (!holds(source, copy.fromOffset, copy.block)) {
            return false;
        }
        MemorySegment checked = Scratch.get().block().asSlice(0, copy.block.lengthBytes());
        check(
                "write",
                content,
                workspace.callWithSpace(() -> Transfer.write(file, copy.offset, checked)));
        return true;
    }

    Outcome finish(Entry.FileEntry entry, StageName name) {
        ContentId content = entry.content().id();
        try (Descriptor file = open(content, Flag.O_RDWR)) {
            int looked = file.isOpen() ? Statx.look(file) : file.number();
            if (looked >= 0 && Statx.seen().sizeBytes() < entry.content().sizeBytes()) {
                return new Outcome.Failed(
                        ErrorCode.BLOCK_MISSING,
                        "Partial file %s has %d of %d bytes."
                                .formatted(
                                        content,
                                        Statx.seen().sizeBytes(),
                                        entry.content().sizeBytes()));
            }
            int cut = looked < 0 ? looked : Transfer.resize(file, entry.content().sizeBytes());
            int touched = cut < 0 ? cut : Touch.applyToNew(file, entry.metadata());
            return touched < 0
                    ? Failures.failed("finish", entry.path(), touched)
                    : intoStage(file, entry, name);
        }
    }

    private Outcome intoStage(Descriptor file, Entry.FileEntry entry, StageName name) {
        try (Descriptor partials = workspace.openPartials()) {
            int ready = Math.min(partials.number(), workspace.stage());
            int moved =
                    ready < 0
                            ? ready
                            : workspace
                                    .renames()
                                    .move(
                                            partials.number(),
                                            nameOf(entry.content().id()),
                                            workspace.stage(),
                                            Staging.bytes(name));
            if (moved == -Errno.EEXIST) {
                return Staging.inUse(name);
            }
            int looked = moved < 0 ? moved : Statx.look(file);
            return looked < 0
                    ? Failures.failed("stage", entry.path(), looked)
                    : new Outcome.Done(Optional.of(Statx.seen()), false);
        }
    }

    void dropExcept(List<ContentId> wanted) {
        Set<String> names = new HashSet<>();
        wanted.forEach(content -> names.add(content.toString()));
        try (Descriptor partials = workspace.openPartials();
                Descriptor listing =
                        Opening.inside(partials.number(), new byte[] {'.'}, Flag.O_DIRECTORY, 0)) {
            for (Listing.Child child : Listing.of(listing).children()) {
                if (!names.contains(new String(child.name(), US_ASCII))) {
                    Names.remove(listing.number(), child.name());
                }
            }
        }
    }
}
