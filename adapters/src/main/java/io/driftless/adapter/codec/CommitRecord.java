package io.driftless.adapter.codec;

import io.driftless.block.PageHash;
import io.driftless.event.Bytes;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

record CommitRecord(
        @Nullable String folder,
        @Nullable String incarnation,
        @Nullable Long seq,
        @Nullable String root,
        @Nullable String parentRoot,
        @Nullable String rules,
        @Nullable String approvedRemovals,
        @Nullable Long entries,
        @Nullable Long bytes,
        @Nullable String time,
        @Nullable String changes,
        @Nullable String changesObject,
        @Nullable String signature,
        @Nullable List<String> mounts)
        implements EventRecord {
    static CommitRecord of(Commit commit) {
        return new CommitRecord(
                commit.folder().value(),
                commit.incarnation().toString(),
                commit.seq(),
                commit.root().toString(),
                EventRecord.print(commit.parentRoot()),
                commit.rules().toString(),
                commit.approvedRemovals(),
                commit.summary().entries(),
                commit.summary().bytes(),
                commit.time().toString(),
                commit.changes() instanceof Commit.Changes.Inline(var list) ? print(list) : null,
                commit.changes() instanceof Commit.Changes.Stored(var name)
                        ? name.toString()
                        : null,
                print(commit.signature().value()),
                commit.mounts().isEmpty()
                        ? null
                        : commit.mounts().stream().map(EntryPath::toString).toList());
    }

    @Override
    public Commit toEvent() {
        return new Commit(
                new FolderId(EventRecord.required(folder, "folder")),
                EventRecord.uuid(incarnation, "incarnation"),
                EventRecord.required(seq, "seq"),
                EventRecord.page(root, "root"),
                Optional.ofNullable(parentRoot).map(PageHash::parse),
                EventRecord.page(rules, "rules"),
                EventRecord.required(approvedRemovals, "approvedRemovals"),
                new Commit.Summary(
                        EventRecord.required(entries, "entries"),
                        EventRecord.required(bytes, "bytes")),
                Instant.parse(EventRecord.required(time, "time")),
                readChanges(),
                new Signature(read(EventRecord.required(signature, "signature"))),
                readMounts());
    }

    /** Later than the rest of the form, so it may be missing. */
    private List<EntryPath> readMounts() {
        return mounts == null
                ? List.of()
                : EventRecord.items(mounts, "mounts").stream().map(EntryPath::parse).toList();
    }

    private Commit.Changes readChanges() {
        if (changes != null) {
            return new Commit.Changes.Inline(read(changes));
        }
        return changesObject == null
                ? new Commit.Changes.None()
                : new Commit.Changes.Stored(PageHash.parse(changesObject));
    }

    private static String print(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toArray());
    }

    private static Bytes read(String base64) {
        return Bytes.of(Base64.getDecoder().decode(base64));
    }
}
