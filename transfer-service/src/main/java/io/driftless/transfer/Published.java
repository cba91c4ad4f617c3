package io.driftless.transfer;

import io.driftless.event.Commit;
import io.driftless.event.Topic;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * How far commits of the folder were published, as the topic knows: what is signed by us. Reports
 * of targets are not signed, so they are not asked. Safe for several threads.
 */
final class Published {
    /** A topic that can be read gives its first record sooner, also on a slow way. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TransferContext context;

    /**
     * Of each incarnation the highest, and of two with one number the first. As many as the folder
     * had incarnations: no other ones are signed.
     */
    private final Map<UUID, Commit> highest = new ConcurrentHashMap<>();

    private final Sinks.Empty<Void> begun = Sinks.empty();

    Published(TransferContext context) {
        this.context = context;
    }

    /** Follows the topic; emits what it learned from. While the topic is away, nothing is new. */
    Flux<Commit> follow() {
        return context.ports()
                .bus()
                .follow(Topic.COMMITS, context.folder().id().value())
                .filter(commit -> commit.folder().equals(context.folder().id()))
                .filter(commit -> commit.seq() > highest(commit.incarnation()))
                .filter(context.ports().signer()::isValid)
                .doOnNext(commit -> {
                    highest.put(commit.incarnation(), commit);
                    begun.tryEmitEmpty();
                });
    }

    /** Completes when something was learned, or when it took too long to wait for. */
    Mono<Void> begun() {
        return begun.asMono().timeout(PATIENCE, Mono.empty(), context.timer());
    }

    /** The highest number of this incarnation; 0 where none is known. */
    long highest(UUID incarnation) {
        return Optional.ofNullable(highest.get(incarnation)).map(Commit::seq).orElse(0L);
    }

    /**
     * True where a later one of this incarnation was published than the newest that is known, or
     * another one of its number.
     */
    boolean isAhead(UUID incarnation, Optional<Commit> newest) {
        Optional<Commit> known = newest.filter(one -> one.incarnation().equals(incarnation));
        long seq = known.map(Commit::seq).orElse(0L);
        return Optional.ofNullable(highest.get(incarnation))
                .filter(one -> one.seq() > seq || one.seq() == seq && !isSame(one, known))
                .isPresent();
    }

    private static boolean isSame(Commit one, Optional<Commit> known) {
        return known.map(Commit::root).equals(Optional.of(one.root()));
    }
}
