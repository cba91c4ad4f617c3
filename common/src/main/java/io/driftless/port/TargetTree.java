package io.driftless.port;

import io.driftless.block.BlockRef;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Mono;

/**
 * A target's tree: everything that changes it goes through here. Bytes are first staged inside
 * {@code .driftless} on the same file system, and become visible by a rename. Whatever a call
 * displaces is compared with the stat the caller expected; if it differs it goes to the trash
 * instead of away. What the trash refuses stays in the stage, under a name that begins with {@code
 * out-}, until {@link #keep} finds that the trash takes it. Lists are worked through in order and
 * every item has an outcome; only {@code ROOT_LOST} and {@code TARGET_TAKEN} fail the call, and
 * that something displaced can have no such name either: it is then under the name of what
 * displaced it, and the caller must not forget its intent.
 */
public interface TargetTree extends TreeReader {
    /**
     * Makes the root and {@code .driftless} where they are missing and takes the marker and its
     * lock for this owner until {@link #release}. Gives back the marker as it was before, if there
     * was one: it stays until {@link #mark}, so what it says of whoever was here before is not lost
     * by a crash. (And a full disk, which lacks the space for another, does not keep an owner
     * away.)
     */
    Mono<Optional<Marker>> claim(Marker owner);

    /** What is under the root's name now, before it is claimed: nothing is made or kept. */
    Mono<Ground> ground();

    /** What a target would be made on. */
    sealed interface Ground {
        /**
         * There is no directory of that name.
         *
         * @param device of the file system that one would be made on, where that can be told
         */
        record Absent(Optional<Long> device) implements Ground {}

        /** A directory that is nobody's target. */
        record Unmarked() implements Ground {}

        record Marked(Marker marker) implements Ground {}
    }

    /** Writes the marker again, durably: it remembers the highest commit seen. */
    Mono<Void> mark(Marker marker);

    Mono<Void> release();

    /**
     * Who owns a target.
     *
     * @param agent the agent's id, new for each state directory
     * @param seq the highest commit of the incarnation that was ever desired here
     */
    record Marker(String target, String folder, UUID incarnation, String agent, long seq) {
        /** The same, when another agent took the target over. */
        public Marker by(String other) {
            return new Marker(target, folder, incarnation, other, seq);
        }
    }

    /**
     * Writes whole small files into the stage, with owner, mode and times, not yet durable.
     *
     * @return one name or failure per file, in order
     */
    Mono<List<Outcome>> stage(List<SmallFile> files);

    /**
     * A file that fits in memory. The pieces one after the other are its content, already verified.
     */
    record SmallFile(Entry.FileEntry entry, StageName name, List<ByteBuffer> pieces) {}

    /**
     * Opens the partial file of a content, made where it is missing: how many bytes it has now.
     * They are not verified. One partial file per content id; it survives a crash.
     */
    Mono<Long> openPartial(ContentId content);

    /** Writes verified bytes into the partial file. */
    Mono<Void> writePartial(ContentId content, long offset, ByteBuffer bytes);

    /**
     * Copies a range of a file of this target into the partial file, sharing extents where the file
     * system can, then checks that the partial file now holds the block there. False where it does
     * not, or the file is gone.
     */
    Mono<Boolean> copyIntoPartial(
            ContentId content, long offset, BlockRef block, EntryPath from, long fromOffset);

    /** True where the partial file holds this block at this offset. */
    Mono<Boolean> partialHolds(ContentId content, long offset, BlockRef block);

    /**
     * Cuts the partial file to its size, sets the entry's metadata and gives it its name in the
     * stage.
     */
    Mono<Outcome> finishPartial(Entry.FileEntry entry, StageName name);

    /**
     * Moves a file of this target into the stage to be used again elsewhere. Only where its tuple
     * is {@code expected}; the metadata of {@code entry} is set on it.
     */
    Mono<List<Outcome>> takeOver(List<TakeOver> files);

    record TakeOver(EntryPath from, Stat expected, Entry.FileEntry entry, StageName name) {}

    /** Makes the staged files durable: few one by one, many by one sync of the file system. */
    Mono<Void> makeDurable(List<StageName> names);

    /** Makes staged files and new symlinks visible. */
    Mono<List<Outcome>> place(List<Placement> placements);

    /**
     * @param expected what is at the goal as far as the caller knows; empty for nothing. Anything
     *     else that comes out goes to the trash and is reported in the outcome
     */
    record Placement(Entry entry, StageName name, Optional<Stat> expected) {}

    /** Makes directories, mode 0700 until {@link #setMetadata}. A present directory is fine. */
    Mono<List<Outcome>> makeDirectories(List<Placement> placements);

    /**
     * Removes paths, deepest first by the caller's order. A directory that is not empty stays:
     * {@code FOREIGN_IN_THE_WAY}.
     */
    Mono<List<Outcome>> remove(List<Removal> removals);

    /**
     * @param expected what is there as far as the caller knows; empty: unknown or foreign, always
     *     to the trash
     */
    record Removal(EntryPath path, Optional<Stat> expected) {}

    /** Sets owner, mode and times where they differ. */
    Mono<List<Outcome>> setMetadata(List<MetadataChange> changes);

    /**
     * @param expected the tuple of what was looked at; anything else that is there by now is a
     *     {@code LOCAL_EDIT} and stays as it is. Empty: whatever is there
     */
    record MetadataChange(EntryPath path, Metadata metadata, Optional<Stat> expected) {}

    /** Moves a whole path, with everything below it, to the trash. */
    Mono<List<Outcome>> moveToTrash(List<EntryPath> paths);

    /** Makes the directories' names durable, or the whole file system where they are many. */
    Mono<Void> syncDirectories(List<EntryPath> directories);

    /** What is left in the stage, for recovery after a crash. Partial files are not listed. */
    Mono<List<Leftover>> leftovers();

    record Leftover(StageName name, Stat stat) {}

    /** Removes leftovers that are ours. */
    Mono<Void> discard(List<StageName> names);

    /** Moves leftovers that are not ours to the trash; those that it refuses stay, see above. */
    Mono<Void> keep(List<StageName> names);

    /** Removes partial files of other contents than these, older than a day or not. */
    Mono<Void> dropPartialsExcept(List<ContentId> wanted);

    /** A name in the stage: 1 to 64 of {@code a-z 0-9 -}. */
    record StageName(String value) {
        public StageName {
            if (!value.matches("[a-z0-9-]{1,64}")) {
                throw new SyncException(
                        ErrorCode.INVARIANT_BROKEN, "Stage name " + value + " is not one of ours.");
            }
        }
    }

    /** What became of one item of a list. */
    sealed interface Outcome {
        /**
         * @param stat what is there now, read after our last touch; empty for removals
         * @param trashed true where something unexpected was displaced into the trash
         */
        record Done(Optional<Stat> stat, boolean trashed) implements Outcome {}

        record Failed(ErrorCode code, String message) implements Outcome {}
    }
}
