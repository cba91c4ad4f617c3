package io.driftless.transfer;

import io.driftless.adapter.codec.EventJson;
import io.driftless.event.Commit;
import io.driftless.port.ObjectKey;
import io.driftless.transfer.Committing.Made;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sends durable commits in order: first to the store, then to the topic. What was not confirmed is
 * sent again.
 */
final class Sending {
    private static final int PAGE = 100;

    private final TransferContext context;
    private final EventJson json = new EventJson();
    private final FirstScan firstScan;
    private Optional<Instant> lastSent = Optional.empty();

    /** Whether the last one that was sent said that the source was seen as a whole. */
    private boolean isWhole;

    private boolean mayHaveUnsent = true;

    Sending(TransferContext context, FirstScan firstScan) {
        this.context = context;
        this.firstScan = firstScan;
    }

    /** After a lease was gained: what the last holder left, and the newest commit once more. */
    Mono<Void> gained() {
        mayHaveUnsent = true;
        lastSent = Optional.empty();
        return drain();
    }

    Mono<Void> send(Made made) {
        return mayHaveUnsent ? drain() : sendOne(made.commit());
    }

    private Mono<Void> drain() {
        return context.ports()
                .commits()
                .unsent(context.folder().id(), PAGE)
                .expand(commits ->
                        commits.size() < PAGE
                                ? Mono.empty()
                                : context.ports().commits().unsent(context.folder().id(), PAGE))
                .concatMap(commits -> Flux.fromIterable(commits).concatMap(this::sendOne))
                .then(Mono.fromRunnable(() -> mayHaveUnsent = false));
    }

    private Mono<Void> sendOne(Commit commit) {
        ObjectKey key = ObjectKey.commit(commit.folder(), commit.incarnation(), commit.seq());
        ByteBuffer record = ByteBuffer.wrap(json.write(commit));
        return Mono.defer(
                        () -> {
                            mayHaveUnsent = true;
                            return context.ports().store().put(key, List.of(record));
                        })
                .then(publish(commit))
                .then(context.ports().commits().sent(commit.folder(), commit.seq()))
                .then(Mono.fromRunnable(() -> mayHaveUnsent = false));
    }

    private Mono<Void> publish(Commit commit) {
        return context.ports()
                .bus()
                .publish(List.of(commit))
                .then(
                        Mono.fromRunnable(() -> {
                            lastSent = Optional.of(context.steady());
                            isWhole = commit.isWhole();
                        }));
    }

    boolean isWhole() {
        return isWhole;
    }

    /**
     * The newest commit once more, where nothing was sent for a while: it also says that nothing is
     * new. At once where the source was seen as a whole since the last one.
     */
    Mono<Void> again() {
        Instant edge = context.steady().minus(context.settings().resend());
        boolean isRecent = lastSent.filter(edge::isBefore).isPresent();
        return firstScan
                .rules()
                .filter(rules -> !isRecent || !isWhole && rules.equals(Commit.ALL))
                .flatMap(rules ->
                        context.ports()
                                .commits()
                                .newest(context.folder().id())
                                .flatMap(Mono::justOrEmpty)
                                .map(commit -> commit.again(context.now(), rules))
                                .flatMap(again ->
                                        publish(
                                                again.signed(
                                                        context.ports().signer().sign(again)))));
    }
}
