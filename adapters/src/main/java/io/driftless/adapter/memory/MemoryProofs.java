package io.driftless.adapter.memory;

import io.driftless.path.EntryPath;
import io.driftless.port.SourceProofs;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Proofs in the tables of a {@link MemoryIndex}, under its lock. */
record MemoryProofs(MemoryIndex index, InstantSource clock) implements SourceProofs {
    @Override
    public Mono<Optional<Turn>> turn(FolderId folder, String holder, Duration life) {
        return call(folder, proofs -> proofs.turn(holder, life, clock.instant()));
    }

    @Override
    public Mono<List<Written>> rows(FolderId folder, Optional<EntryPath> after, int limit) {
        return call(folder, proofs -> proofs.rows(after, limit));
    }

    @Override
    public Mono<Void> proven(FolderId folder, EntryPath path, Version version) {
        return run(folder, proofs -> proofs.proven(path, version, clock.instant()));
    }

    @Override
    public Mono<Void> reached(Turn turn, Optional<EntryPath> path) {
        return run(turn.folder(), proofs -> proofs.reached(turn, path, clock.instant()));
    }

    @Override
    public Mono<Optional<Instant>> since(FolderId folder) {
        return call(folder, FolderProofs::since);
    }

    private <T> Mono<T> call(FolderId folder, Function<FolderProofs, T> work) {
        return index.call(() -> work.apply(index.state(folder).proofs()));
    }

    private Mono<Void> run(FolderId folder, Consumer<FolderProofs> work) {
        return call(
                        folder,
                        proofs -> {
                            work.accept(proofs);
                            return true;
                        })
                .then();
    }
}
