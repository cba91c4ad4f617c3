package io.driftless.adapter.memory;

import io.driftless.block.PageHash;
import io.driftless.port.FolderIndex.Folder;
import java.time.InstantSource;

/** The tables of one folder. */
record FolderState(
        FolderRows rows,
        FolderPacks packs,
        StoredRows<PageHash> pages,
        FolderParked parked,
        FolderCommits commits,
        FolderProofs proofs) {
    static FolderState of(Folder folder, InstantSource clock) {
        FolderRows rows = new FolderRows();
        FolderPacks packs = new FolderPacks(clock);
        StoredRows<PageHash> pages = new StoredRows<>(clock);
        FolderParked parked = new FolderParked(rows);
        FolderCommits commits = new FolderCommits(folder, rows, packs, pages, parked);
        FolderProofs proofs = new FolderProofs(folder.id(), rows);
        return new FolderState(rows, packs, pages, parked, commits, proofs);
    }
}
