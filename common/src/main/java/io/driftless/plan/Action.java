package io.driftless.plan;

import io.driftless.error.ErrorCode;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.DirectoryEntry;
import io.driftless.tree.Entry.FileEntry;
import io.driftless.tree.Stat;

/** What is to be done at one path. */
public sealed interface Action {
    EntryPath path();

    /** When it is done. */
    default Phase phase() {
        return switch (this) {
            case Keep _, Blocked _ -> Phase.NONE;
            case CreateDirectory _ -> Phase.DIRECTORIES;
            case WriteContent _, ReadFirst _ -> Phase.CONTENT;
            case TrashThenWrite(var entry, var _) ->
                    entry instanceof DirectoryEntry ? Phase.DIRECTORIES : Phase.CONTENT;
            case Remove _, Release _ -> Phase.REMOVALS;
            case SetMetadata(var entry, var _) ->
                    entry instanceof DirectoryEntry ? Phase.DIRECTORY_METADATA : Phase.CONTENT;
            case FinishDirectory _ -> Phase.DIRECTORY_METADATA;
        };
    }

    /** What is done with an entry that is desired there. */
    sealed interface OfEntry extends Action {
        Entry entry();

        @Override
        default EntryPath path() {
            return entry().path();
        }
    }

    /** Nothing: it is as desired, or none of our business. */
    record Keep(EntryPath path) implements Action {}

    /** Make a directory; something of ours that is no directory gives way. */
    record CreateDirectory(DirectoryEntry entry) implements OfEntry {}

    /** Write a file or symlink where nothing is, or where something of ours gives way. */
    record WriteContent(Entry entry, Differs differs) implements OfEntry {}

    /**
     * As the two before, after what is there went to the trash with everything below it, because it
     * is not ours, or because it is a whole directory.
     */
    record TrashThenWrite(Entry entry, Differs differs) implements OfEntry {}

    /** Read what is there and decide again: only its bytes tell whether it is as desired. */
    record ReadFirst(FileEntry entry) implements OfEntry {}

    /** Set owner, mode and times; what is there is right otherwise. */
    record SetMetadata(Entry entry, Differs differs) implements OfEntry {}

    /** Set a directory's owner, mode and times again, after work in it touched them. */
    record FinishDirectory(DirectoryEntry entry) implements OfEntry {}

    /**
     * Remove it.
     *
     * @param isExtra true where it is not ours; it goes to the trash then
     */
    record Remove(EntryPath path, Stat.Kind kind, boolean isExtra) implements Action {}

    /** Leave it and no longer compare it. */
    record Release(EntryPath path, Stat.Kind kind) implements Action {}

    /** It cannot be as desired, and why; nothing is touched. */
    record Blocked(Entry entry, ErrorCode code) implements OfEntry {}

    /** The order in which things are done. */
    enum Phase {
        /** Nothing is done. */
        NONE,
        /** Parents before what is in them. */
        DIRECTORIES,
        /** Files and symlinks, in path order. */
        CONTENT,
        /** What is in a directory before it. */
        REMOVALS,
        /** What is in a directory before it. */
        DIRECTORY_METADATA;

        /** True where the deepest paths come first. */
        boolean isDeepestFirst() {
            return this == REMOVALS || this == DIRECTORY_METADATA;
        }
    }
}
