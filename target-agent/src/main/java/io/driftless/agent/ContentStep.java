package io.driftless.agent;

import io.driftless.block.Content;
import io.driftless.error.ErrorCode;
import io.driftless.flow.FirstFailure;
import io.driftless.path.EntryPath;
import io.driftless.plan.Mode;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Intent;
import io.driftless.port.TargetState.Kind;
import io.driftless.port.TargetState.Known;
import io.driftless.port.TargetState.Settled;
import io.driftless.port.TargetState.Work;
import io.driftless.port.TargetTree.MetadataChange;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes files and symlinks as desired. First everything is looked at: what is right already, or
 * right but for its metadata, is only settled; the rest is staged and placed.
 */
final class ContentStep {
    private final AgentContext context;
    private final ExtrasGuard guard;
    private final Settling settling;
    private final Placing placing;
    private final ContentReading reading;

    ContentStep(AgentContext context, ExtrasGuard guard, Settling settling, Placing placing) {
        this.context = context;
        this.guard = guard;
        this.settling = settling;
        this.placing = placing;
        this.reading = new ContentReading(context);
    }

    Mono<Void> apply(List<Work> works) {
        return context.ports()
                .tree()
                .look(works.stream().map(Work::path).toList())
                .flatMapMany(found ->
                        Flux.range(0, works.size())
                                .flatMapSequential(i -> need(works.get(i), found.get(i)), 4, 1))
                .onErrorMap(FirstFailure::of)
                .collectList()
                .flatMap(this::settle);
    }

    /** What one path needs. */
    sealed interface Need {
        Work work();

        /**
         * Nothing but perhaps metadata: the content that is there is the desired one.
         *
         * @param isRead true where it was read just now
         */
        record Metadata(Work work, Stat actual, boolean isRead) implements Need {}

        /**
         * New bytes, or a new link.
         *
         * @param expected what may be replaced without asking; anything else goes to the trash
         * @param before what was seen there
         */
        record Place(Work work, Optional<Stat> expected, Optional<Stat> before) implements Need {}

        /** A directory that is in the way and may be moved to the trash first. */
        record Clear(Work work) implements Need {}

        record Wait(Work work, ErrorCode code, String message) implements Need {}
    }

    private Mono<Need> need(Work work, Found found) {
        return switch (found) {
            case Found.Absent absent ->
                    Mono.just(new Need.Place(work, Optional.empty(), Optional.empty()));
            case Found.Unreadable(var path, var code, var message) ->
                    Mono.just(new Need.Wait(work, code, message));
            case Found.Present present -> ofPresent(work, present).flatMap(this::spared);
        };
    }

    /** What may not go unasked is not taken along with the directory in which it is. */
    private Mono<Need> spared(Need need) {
        if (!(need instanceof Need.Clear(Work work))) {
            return Mono.just(need);
        }
        return context.ports()
                .state()
                .known(Optional.of(work.path()), 1)
                .flatMap(next ->
                        hasRemovalBelow(work, next) ? guard.mayGoAlong() : seenEmpty(work.path()))
                .map(mayGo -> mayGo ? need : inTheWay(work));
    }

    /** True where nothing is in it; what nobody has looked at yet is to be seen by a scan first. */
    private Mono<Boolean> seenEmpty(EntryPath directory) {
        return context.ports()
                .tree()
                .list(directory)
                .map(List::isEmpty)
                .doOnNext(isEmpty -> {
                    if (!isEmpty) {
                        guard.mustSee(directory);
                    }
                });
    }

    private static Need inTheWay(Work work) {
        return new Need.Wait(
                work,
                ErrorCode.EXTRAS_HELD,
                "A directory that was never put here is where "
                        + work.path()
                        + " should be; what is in it is counted, and may wait for approval.");
    }

    private static boolean hasRemovalBelow(Work work, List<Known> next) {
        return next.stream()
                .filter(one -> work.path().isAncestorOf(one.path()))
                .anyMatch(one -> one.work().contains(Kind.REMOVAL));
    }

    private Mono<Need> ofPresent(Work work, Found.Present present) {
        Stat actual = present.stat();
        Optional<Stat> applied = work.applied().map(Applied::stat).filter(actual::isSameTuple);
        return switch (work.desired().orElseThrow()) {
            case Entry.SymlinkEntry link ->
                    Mono.just(
                            present.target().filter(link.target()::equals).isPresent()
                                    ? new Need.Metadata(work, actual, false)
                                    : replace(work, actual, applied));
            case Entry.FileEntry file when actual.kind() == Stat.Kind.FILE ->
                    ofFile(work, file, actual, applied);
            case Entry.FileEntry file -> Mono.just(replace(work, actual, applied));
            case Entry.DirectoryEntry directory ->
                    throw new IllegalStateException(
                            "directories are made in their own step: " + work.path());
        };
    }

    private Need replace(Work work, Stat actual, Optional<Stat> applied) {
        if (actual.kind() != Stat.Kind.DIRECTORY) {
            return new Need.Place(work, applied, Optional.of(actual));
        }
        if (context.mode() == Mode.MIRROR) {
            return new Need.Clear(work);
        }
        return new Need.Wait(
                work,
                ErrorCode.FOREIGN_IN_THE_WAY,
                "A directory is where " + work.path() + " should be.");
    }

    private Mono<Need> ofFile(
            Work work, Entry.FileEntry file, Stat actual, Optional<Stat> applied) {
        Optional<Content> known =
                applied.isEmpty() ? Optional.empty() : work.applied().flatMap(Applied::content);
        if (known.isPresent()) {
            boolean isSame = known.get().id().equals(file.content().id());
            return Mono.just(
                    isSame
                            ? new Need.Metadata(work, actual, false)
                            : new Need.Place(work, applied, Optional.of(actual)));
        }
        Need.Place unknown = new Need.Place(work, Optional.empty(), Optional.of(actual));
        if (actual.sizeBytes() != file.content().sizeBytes()) {
            return Mono.just(unknown);
        }
        // Content that nobody told us of is adopted by its hash.
        return reading.holds(work.path(), file.content().id())
                .map(stat -> stat.isPresent() ? new Need.Metadata(work, actual, true) : unknown);
    }

    private Mono<Void> settle(List<Need> needs) {
        List<Need.Metadata> metadata = new ArrayList<>();
        List<Need.Place> places = new ArrayList<>();
        List<Need.Clear> clears = new ArrayList<>();
        List<Settled> waits = new ArrayList<>();
        for (Need need : needs) {
            switch (need) {
                case Need.Metadata one -> metadata.add(one);
                case Need.Place one -> places.add(one);
                case Need.Clear one -> clears.add(one);
                case Need.Wait(var work, var code, var message) ->
                        waits.add(settling.deviating(work.path(), code, message));
            }
        }
        return settling.settle(Kind.CONTENT, waits)
                .then(Mono.defer(() -> setMetadata(metadata)))
                .then(Mono.defer(() -> clear(clears)))
                .then(
                        Mono.defer(() -> {
                            clears.forEach(clear ->
                                    places.add(
                                            new Need.Place(
                                                    clear.work(),
                                                    Optional.empty(),
                                                    Optional.empty())));
                            return placing.place(places);
                        }));
    }

    private Mono<Void> clear(List<Need.Clear> clears) {
        if (clears.isEmpty()) {
            return Mono.empty();
        }
        List<EntryPath> paths = clears.stream().map(clear -> clear.work().path()).toList();
        paths.forEach(guard::isCleared);
        return context.ports().tree().moveToTrash(paths).then();
    }

    private Mono<Void> setMetadata(List<Need.Metadata> needs) {
        if (needs.isEmpty()) {
            return Mono.empty();
        }
        List<MetadataChange> changes =
                needs.stream()
                        .map(need ->
                                new MetadataChange(
                                        need.work().path(),
                                        need.work().desired().orElseThrow().metadata(),
                                        Optional.of(need.actual())))
                        .toList();
        return context.ports()
                .state()
                .intend(needs.stream().flatMap(this::intent).toList())
                .then(context.ports().tree().setMetadata(changes))
                .flatMap(outcomes -> {
                    List<Settled> settled = new ArrayList<>();
                    for (int i = 0; i < needs.size(); i++) {
                        settled.add(ofMetadata(needs.get(i), outcomes.get(i)));
                    }
                    return settling.settle(Kind.CONTENT, settled);
                });
    }

    /** Should we die before it is settled, it is known again, and nobody else's. */
    private Stream<Intent> intent(Need.Metadata need) {
        return Settling.contentOf(need.work().desired().orElseThrow()).stream()
                .map(content ->
                        new Intent(
                                need.work().path(),
                                context.stageName(),
                                Optional.of(need.actual().inode()),
                                Optional.of(content.id())));
    }

    private Settled ofMetadata(Need.Metadata need, Outcome outcome) {
        Entry desired = need.work().desired().orElseThrow();
        return settling.telling(
                AppliedChange.described(desired, need.actual()),
                need.isRead()
                        ? settling.proven(desired, outcome, 0)
                        : settling.right(desired, outcome, 0));
    }
}
