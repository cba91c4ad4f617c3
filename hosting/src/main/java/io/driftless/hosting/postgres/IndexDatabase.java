package io.driftless.hosting.postgres;

import io.driftless.adapter.codec.EventJson;
import io.driftless.adapter.postgres.CommitCodec;
import io.driftless.adapter.postgres.PostgresIndex;
import io.driftless.adapter.postgres.PostgresSchema;
import io.driftless.adapter.postgres.PostgresSettings;
import io.driftless.event.Topic;
import io.driftless.hosting.Dependencies;
import io.driftless.hosting.Watched;
import io.driftless.hosting.Workers;
import io.driftless.port.CommitLog;
import io.driftless.port.FolderIndex;
import io.driftless.port.GarbageIndex;
import io.driftless.port.IndexRecovery;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.SourceProofs;
import io.driftless.tree.FolderId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** PostgreSQL as this process uses it. */
public final class IndexDatabase implements Watched {
    private static final String NAME = "postgres";

    private final PostgresSettings settings;
    private final PostgresIndex postgres;
    private final Scheduler io;
    private final Scheduler timer;
    private final Dependencies dependencies;
    private final FolderIndex folderIndex;
    private final PackIndex packIndex;
    private final CommitLog commitLog;
    private final GarbageIndex garbageIndex;
    private final ParkedRemovals parkedRemovals;
    private final IndexRecovery recovery;
    private final SourceProofs proofs;

    /** Connects to nothing yet. */
    IndexDatabase(PostgresSettings settings, Workers workers, Dependencies dependencies) {
        EventJson json = new EventJson();
        this.settings = settings;
        this.io = workers.servers();
        this.timer = workers.timer();
        this.dependencies = dependencies;
        this.postgres =
                new PostgresIndex(
                        settings,
                        new CommitCodec(json::write, bytes -> json.read(Topic.COMMITS, bytes)));
        this.folderIndex = dependencies.listen(NAME, FolderIndex.class, postgres.folderIndex());
        this.packIndex = dependencies.listen(NAME, PackIndex.class, postgres.packIndex());
        this.commitLog = dependencies.listen(NAME, CommitLog.class, postgres.commitLog());
        this.garbageIndex = dependencies.listen(NAME, GarbageIndex.class, postgres.garbageIndex());
        this.proofs = dependencies.listen(NAME, SourceProofs.class, postgres.proofs());
        this.recovery = dependencies.listen(NAME, IndexRecovery.class, postgres.recovery());
        this.parkedRemovals =
                dependencies.listen(NAME, ParkedRemovals.class, postgres.parkedRemovals());
    }

    /** Brings the tables up to date and gives the folder's record, made where it is missing. */
    public Mono<FolderIndex.Folder> open(FolderId folder) {
        Mono<Void> migrated =
                Mono.<Void>fromRunnable(() -> PostgresSchema.migrate(settings)).subscribeOn(io);
        return dependencies
                .listened(NAME, migrated.then(postgres.warmUp()))
                .then(Mono.defer(() -> folderIndex.open(folder, UUID.randomUUID())));
    }

    public FolderIndex folderIndex() {
        return folderIndex;
    }

    public PackIndex packIndex() {
        return packIndex;
    }

    public CommitLog commitLog() {
        return commitLog;
    }

    public GarbageIndex garbageIndex() {
        return garbageIndex;
    }

    public ParkedRemovals parkedRemovals() {
        return parkedRemovals;
    }

    public IndexRecovery recovery() {
        return recovery;
    }

    public SourceProofs proofs() {
        return proofs;
    }

    /** What time it is there; fails where PostgreSQL does not answer now. */
    public Mono<Instant> clock() {
        return postgres.clock();
    }

    /** Answering, it tells the time as well, which is compared with ours. */
    @Override
    public Flux<?> watch() {
        Mono<Void> question =
                dependencies.clocks().ask("the database", postgres.clock(), InstantSource.system());
        return dependencies.watch(NAME, "PostgreSQL", question, timer);
    }

    /** Completes when the connections are given back. */
    public Mono<Void> close() {
        return postgres.close();
    }
}
