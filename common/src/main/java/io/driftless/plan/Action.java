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
    Phase phase();

    /** Nothing: it is as desired, or none of our business. */
    record Keep(EntryPath path) implements Action {
        @Override
        public Phase phase() {
            return Phase.NONE;
        }
    }

    /** Make a directory; something of ours that is no directory gives way. */
    record CreateDirectory(DirectoryEntry entry) implements Action {
        @Override
        public EntryPath path() {
            return entry.path();
        }

        @Override
        public Phase phase() {
            return Phase.DIRECTORIES;
        }
    }

    /** Write a file or symlink where nothing is, or where something of ours gives way. */
    record WriteContent(Entry entry, Differs differs) implements Action {
        @Override
        public EntryPath path() {
            return entry.path();
        }

        @Override
        public Phase phase() {
            return Phase.CONTENT;
        }
    }

    /**
     * As the two before, after what is there went to the trash with everything below it, because it
     * is not ours, or because it is a whole directory.
     */
    record TrashThenWrite(Entry entry, Differs differs) implements Action {
        @Override
        public EntryPath path() {
            return entry.path();
        }

        @Override
        public Phase phase() {
            return entry instanceof DirectoryEntry ? Phase.DIRECTORIES : Phase.CONTENT;
        }
    }

    /** Read what is there and decide again: only its bytes tell whether it is as desired. */
    record ReadFirst(FileEntry entry) implements Action {
        @Override
        public EntryPath path() {
            return entry.path();
        }

        @Override
        public Phase phase() {
            return Phase.CONTENT;
        }
    }

    /** Set owner, mode and times; what is there is right otherwise. */
    record SetMetadata(Entry entry, Differs differs) implements Action {
        @Override
        public EntryPath path() {
            return entry.path();
        }

        @Override
        public Phase phase() {
            return entry instanceof DirectoryEntry ? Phase.DIRECTORY_METADATA : Phase.CONTENT;
        }
    }

    /** Set a directory's owner, mode and times again, after work in it touched them. */
    record FinishDirectory(DirectoryEntry entry) implements Action {
        @Override
        public EntryPath path() {
            return entry.path();
        }

        @Override
        public Phase phase() {
            return Phase.DIRECTORY_METADATA;
        }
    }

    /**
     * Remove it.
     *
     * @param isExtra true where it is not ours; it goes to the trash then
     */
    record Remove(EntryPath path, Stat.Kind kind, boolean isExtra) implements Action {
        @Override
        public Phase phase() {
            return Phase.REMOVALS;
        }
    }

    /** Leave it and no longer compare it. */
    record Release(EntryPath path, Stat.Kind kind) implements Action {
        @Override
        public Phase phase() {
            return Phase.REMOVALS;
        }
    }

    /** It cannot be as desired, and why; nothing is touched. */
    record Blocked(Entry entry, ErrorCode code) implements Action {
        @Override
        public EntryPath path() {
            return entry.path();
        }

        @Override
        public Phase phase() {
            return Phase.NONE;
        }
    }

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
