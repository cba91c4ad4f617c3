package io.driftless.tree;

import io.driftless.block.Content;
import io.driftless.path.EntryPath;

/** What is at one path of a folder. The root directory is an entry too. */
public sealed interface Entry {
    EntryPath path();

    Metadata metadata();

    /** The same entry with other metadata. */
    Entry withMetadata(Metadata metadata);

    record FileEntry(EntryPath path, Metadata metadata, Content content) implements Entry {
        @Override
        public FileEntry withMetadata(Metadata next) {
            return new FileEntry(path, next, content);
        }
    }

    record DirectoryEntry(EntryPath path, Metadata metadata) implements Entry {
        @Override
        public DirectoryEntry withMetadata(Metadata next) {
            return new DirectoryEntry(path, next);
        }
    }

    record SymlinkEntry(EntryPath path, Metadata metadata, LinkTarget target) implements Entry {
        @Override
        public SymlinkEntry withMetadata(Metadata next) {
            return new SymlinkEntry(path, next, target);
        }
    }
}
