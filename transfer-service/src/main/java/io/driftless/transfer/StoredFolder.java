package io.driftless.transfer;

import io.driftless.adapter.codec.EventJson;
import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Topic;
import io.driftless.flow.FirstFailure;
import io.driftless.port.ObjectKey;
import io.driftless.tree.FolderId;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the store holds of a folder, found by listing it. What a listing lacks may be there all the
 * same, so nothing follows from that something is not listed.
 */
final class StoredFolder {
    /** In the order in which they were made. */
    static final Comparator<Named> BY_SEQ = Comparator.comparing(Named::seq);

    private static final Logger LOG = LoggerFactory.getLogger(TransferFlow.class);
    private static final int READS_IN_FLIGHT = 8;

    private final TransferContext context;
    private final FolderId folder;
    private final EventJson json = new EventJson();

    private final MissedObjects missed;

    StoredFolder(TransferContext context, MissedObjects missed) {
        this.context = context;
        this.missed = missed;
        this.folder = context.folder().id();
    }

    /** A commit object by its name. */
    record Named(UUID incarnation, long seq) {}

    Flux<Named> commits() {
        return named("commits/", StoredFolder::commit);
    }

    Flux<Named> commits(UUID incarnation) {
        return named("commits/" + incarnation + "/", StoredFolder::commit);
    }

    Flux<UUID> packs() {
        return named("packs/", key -> UUID.fromString(last(key)));
    }

    /** Some twice. Locations may be there without their page: they are written beside it. */
    Flux<PageHash> pages() {
        return Flux.concat(
                named("pages/", key -> PageHash.parse(last(key))),
                named("locations/", key -> PageHash.parse(last(key))));
    }

    /** What has another form of name is not ours, and is left alone. */
    private <T> Flux<T> named(String kind, Function<ObjectKey, T> name) {
        return context.ports()
                .store()
                .list("f/" + folder + "/" + kind)
                .flatMapIterable(key -> parsed(key, name));
    }

    private static <T> List<T> parsed(ObjectKey key, Function<ObjectKey, T> name) {
        try {
            return List.of(name.apply(key));
        } catch (IllegalArgumentException | SyncException foreign) {
            LOG.warn("object passed over, it has no name of ours key={}", key);
            return List.of();
        }
    }

    private static String last(ObjectKey key) {
        return key.value().substring(key.value().lastIndexOf('/') + 1);
    }

    private static Named commit(ObjectKey key) {
        String[] parts = key.value().split("/", -1);
        return new Named(
                UUID.fromString(parts[parts.length - 2]), Long.parseLong(parts[parts.length - 1]));
    }

    /**
     * Of each incarnation the highest that can be read and is signed by us; of those the one that
     * was made last. Empty for none.
     */
    Mono<Commit> newest(Flux<Named> commits) {
        return commits.collectMultimap(Named::incarnation)
                .flatMapIterable(Map::values)
                .concatMap(this::highest)
                .sort(Comparator.comparing(Commit::time).reversed())
                .next();
    }

    private Mono<Commit> highest(Collection<Named> ofOne) {
        return Flux.fromStream(() -> ofOne.stream().sorted(BY_SEQ.reversed()))
                .concatMap(this::read, 1)
                .next();
    }

    /** The commits of these names in their order, without those that are not ours. */
    Flux<Commit> read(Flux<Named> commits) {
        return commits.flatMapSequential(this::read, READS_IN_FLIGHT, 1)
                .onErrorMap(FirstFailure::of);
    }

    private Mono<Commit> read(Named named) {
        return context.ports()
                .store()
                .get(ObjectKey.commit(folder, named.incarnation(), named.seq()))
                .map(bytes -> parse(bytes, named))
                .flatMap(Mono::justOrEmpty)
                .onErrorResume(
                        SyncException.class,
                        failure ->
                                missed.isGone(failure)
                                                || failure.code() == ErrorCode.MESSAGE_MALFORMED
                                        ? Mono.empty()
                                        : Mono.error(failure));
    }

    /** Who could write to the store could otherwise say what the folder is. */
    private Optional<Commit> parse(ByteBuffer bytes, Named named) {
        byte[] record = new byte[bytes.remaining()];
        bytes.get(record);
        return Optional.of(json.read(Topic.COMMITS, record))
                .filter(commit -> commit.folder().equals(folder))
                .filter(commit -> commit.incarnation().equals(named.incarnation()))
                .filter(commit -> commit.seq() == named.seq())
                .filter(context.ports().signer()::isValid);
    }
}
