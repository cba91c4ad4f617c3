package io.driftless.testkit.contract;

import io.driftless.adapter.memory.PackState;
import io.driftless.port.CommitLog;
import io.driftless.port.FolderIndex;
import io.driftless.port.GarbageIndex;
import io.driftless.port.IndexRecovery;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.SourceProofs;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.util.UUID;

/** One database behind the ports of the index, with what the ports do not let a test do. */
public interface IndexFixture {
    FolderIndex rows();

    PackIndex packs();

    CommitLog commits();

    GarbageIndex garbage();

    ParkedRemovals parked();

    IndexRecovery recovery();

    SourceProofs proofs();

    /** Lets the database's clock go on by this much. */
    void pass(Duration time);

    /** What garbage collection does to a pack. */
    void setPackState(FolderId folder, UUID pack, PackState state);

    PackState packState(FolderId folder, UUID pack);
}
