package io.driftless.event;

import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Folder state number {@code seq}, signed.
 *
 * @param incarnation new when the folder was made anew; numbers of different incarnations do not
 *     compare
 * @param seq 1 and up
 * @param parentRoot the root of {@code seq - 1}; empty for the first
 * @param rules digest of the rules that decide what of the source belongs to the folder; a target
 *     removes nothing that they leave undecided
 * @param approvedRemovals ids of the parked removals this commit releases, joined by commas; often
 *     empty
 * @param summary how much the folder holds at this commit
 * @param time when it was signed; the newest commit is signed and sent again to say that nothing is
 *     new
 * @param changes what differs from {@code parentRoot}; a help, never trusted: the root is
 * @param signature over everything but {@code changes}
 * @param mounts directories of the source that were mount points, in path order; nearly always
 *     none. For whoever makes a lost index again: targets do not care
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
        Signature signature,
        List<EntryPath> mounts)
        implements Event {
    public Commit {
        mounts = List.copyOf(mounts);
    }

    /** Of a source without mount points. */
    public Commit(
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
            Signature signature) {
        this(
                folder,
                incarnation,
                seq,
                root,
                parentRoot,
                rules,
                approvedRemovals,
                summary,
                time,
                changes,
                signature,
                List.of());
    }

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

    /** Most bytes that the paths of mount points have together. */
    public static final int MAX_MOUNT_BYTES = 32 << 10;

    private static final Comparator<EntryPath> TOPMOST_FIRST =
            Comparator.comparingInt(EntryPath::depth).thenComparing(Comparator.naturalOrder());

    /** The rules where none decide: everything at the source belongs to the folder. */
    public static final PageHash ALL = Sha256.page(new byte[0]);

    /**
     * The rules until a first full scan of the source is over: of what is no entry yet nobody knows
     * whether it belongs to the folder.
     */
    public static final PageHash SEEN_SO_FAR =
            Sha256.page("seen so far".getBytes(StandardCharsets.US_ASCII));

    /** True where what is no entry does not belong to the folder. */
    public boolean isWhole() {
        return !rules.equals(SEEN_SO_FAR);
    }

    /**
     * This one, unless the other is known to be newer; of another incarnation, what is heard last
     * counts.
     */
    public Commit orNewer(Optional<Commit> known) {
        return known.filter(one -> one.incarnation().equals(incarnation) && one.seq() > seq)
                .orElse(this);
    }

    /** The same commit, to be said again without its changes: other rules, and not signed yet. */
    public Commit again(Instant now, PageHash otherRules) {
        return with(otherRules, now, new Changes.None(), Signature.NONE, mounts);
    }

    /**
     * The same commit with these mount points, not signed yet. Where they are too many it names the
     * topmost ones: what is below one of those is safe with it.
     */
    public Commit withMounts(Collection<EntryPath> all) {
        List<EntryPath> named = new ArrayList<>();
        int bytes = 0;
        for (EntryPath mount : all.stream().sorted(TOPMOST_FIRST).toList()) {
            bytes += mount.lengthBytes();
            if (bytes > MAX_MOUNT_BYTES) {
                break;
            }
            named.add(mount);
        }
        return with(rules, time, changes, Signature.NONE, named.stream().sorted().toList());
    }

    /** The same commit with this signature. */
    public Commit signed(Signature with) {
        return with(rules, time, changes, with, mounts);
    }

    private Commit with(
            PageHash otherRules,
            Instant otherTime,
            Changes otherChanges,
            Signature otherSignature,
            List<EntryPath> otherMounts) {
        return new Commit(
                folder,
                incarnation,
                seq,
                root,
                parentRoot,
                otherRules,
                approvedRemovals,
                summary,
                otherTime,
                otherChanges,
                otherSignature,
                otherMounts);
    }

    @Override
    public String key() {
        return folder.value();
    }
}
