package io.driftless.event;

import io.driftless.block.PageHash;
import io.driftless.tree.FolderId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Folder state number {@code seq}, signed.
 *
 * @param incarnation new when the folder was made anew; numbers of different incarnations do not
 *     compare
 * @param seq 1 and up
 * @param parentRoot the root of {@code seq - 1}; empty for the first
 * @param rules digest of the rules that decide what of the source belongs to the folder
 * @param approvedRemovals ids of the parked removals this commit releases, joined by commas; often
 *     empty
 * @param summary how much the folder holds at this commit
 * @param time when it was signed; the newest commit is signed and sent again to say that nothing is
 *     new
 * @param changes what differs from {@code parentRoot}; a help, never trusted: the root is
 * @param signature over everything but {@code changes}
 */
public record Commit(
        FolderId folder,
        UUID incarnation,
        long seq,
        PageHash root,
        Optional<PageHash> parentRoot,
        PageHash rules,
        String approvedRemovals,
        Summary summary,
        Instant time,
        Changes changes,
        Signature signature)
        implements Event {

    /**
     * How much a folder holds.
     *
     * @param entries entries of every kind, the root directory included
     * @param bytes sum of the file sizes
     */
    public record Summary(long entries, long bytes) {}

    /** Where the changes since {@code parentRoot} are. */
    public sealed interface Changes {
        /** In the record itself: an encoded {@link io.driftless.manifest.ChangeList}. */
        record Inline(Bytes list) implements Changes {}

        /** In the store, as a changes object of this name. */
        record Stored(PageHash name) implements Changes {}

        /** Not listed: compare the manifests. */
        record None() implements Changes {}
    }

    /** Longest inline list in bytes; longer ones become an object. */
    public static final int MAX_INLINE_BYTES = 16 << 10;

    /**
     * The same commit, said again without its changes at another time and so with another
     * signature.
     */
    public Commit again(Instant now, Signature signed) {
        return with(now, new Changes.None(), signed);
    }

    /** The same commit with this signature. */
    public Commit signed(Signature with) {
        return with(time, changes, with);
    }

    private Commit with(Instant otherTime, Changes otherChanges, Signature otherSignature) {
        return new Commit(
                folder,
                incarnation,
                seq,
                root,
                parentRoot,
                rules,
                approvedRemovals,
                summary,
                otherTime,
                otherChanges,
                otherSignature);
    }

    @Override
    public String key() {
        return folder.value();
    }
}
