package io.driftless.agent;

import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.manifest.ChangeList;
import io.driftless.manifest.ChangeListCodec;
import io.driftless.manifest.ManifestDiff;
import io.driftless.port.StoreFailures;
import io.driftless.port.TargetState.Position;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes a commit's entries the desired ones. The commit's own list of changes is tried where this
 * target stands at the parent; its root decides whether the list was right. Else, or when it was
 * not, the manifests are compared.
 */
final class CatchUp {
    private static final Logger LOG = LoggerFactory.getLogger(ApplyFlow.class);
    private static final int COLLECT = 1_000;

    private final AgentContext context;
    private final Locations locations;

    CatchUp(AgentContext context, Locations locations) {
        this.context = context;
        this.locations = locations;
    }

    Mono<Position> to(Commit commit, Position from) {
        return fold(commit, from)
                .flatMap(isRight -> isRight ? Mono.just(true) : walk(commit, from))
                .flatMap(
                        isRight -> isRight ? context.ports().state().position() : mismatch(commit));
    }

    private Mono<Boolean> fold(Commit commit, Position from) {
        boolean standsAtParent =
                from.root().isPresent()
                        && from.incarnation().equals(Optional.of(commit.incarnation()))
                        && from.root().equals(commit.parentRoot());
        if (!standsAtParent) {
            return Mono.just(false);
        }
        return changes(commit)
                .flatMap(list -> {
                    locations.learn(list.locations());
                    return context.ports()
                            .state()
                            .forgetCollected()
                            .then(context.ports().state().collect(list.changes()))
                            .then(foldCollected(commit));
                })
                .defaultIfEmpty(false)
                .onErrorResume(
                        SyncException.class,
                        failure -> isOfTheList(failure) ? Mono.just(false) : Mono.error(failure));
    }

    private static boolean isOfTheList(SyncException failure) {
        return StoreFailures.isOfOneObject(failure) || failure.code() == ErrorCode.NAME_INVALID;
    }

    private Mono<ChangeList> changes(Commit commit) {
        return switch (commit.changes()) {
            case Commit.Changes.Inline(var list) ->
                    Mono.fromCallable(() -> ChangeListCodec.decode(list.toArray()));
            case Commit.Changes.Stored(var name) -> context.ports().pages().changes(name);
            case Commit.Changes.None() -> Mono.empty();
        };
    }

    private Mono<Boolean> foldCollected(Commit commit) {
        return context.ports().state().fold(commit.incarnation(), commit.seq(), commit.root());
    }

    private Mono<Boolean> walk(Commit commit, Position from) {
        Flux<Change> changes =
                ManifestDiff.diff(
                        context.ports().state(),
                        from.root(),
                        context.ports().pages(),
                        commit.root());
        return context.ports()
                .state()
                .forgetCollected()
                .thenMany(changes.buffer(COLLECT))
                .concatMap(some -> context.ports().state().collect(some), 1)
                .then(Mono.defer(() -> foldCollected(commit)));
    }

    private Mono<Position> mismatch(Commit commit) {
        LOG.error(
                "root mismatch after comparing manifests code=DL-3005 folder={} target={} seq={}",
                context.folder(),
                context.target(),
                commit.seq());
        return Mono.error(
                new SyncException(
                        ErrorCode.ROOT_MISMATCH,
                        "The entries of commit "
                                + commit.seq()
                                + " do not give its root "
                                + commit.root()
                                + "."));
    }
}
