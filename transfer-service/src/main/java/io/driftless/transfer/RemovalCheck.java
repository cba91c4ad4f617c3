package io.driftless.transfer;

import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Hint;
import io.driftless.guard.ApprovalId;
import io.driftless.guard.Moves;
import io.driftless.guard.Removal;
import io.driftless.guard.RemovalGuard;
import io.driftless.guard.RemovalGuard.Judgement;
import io.driftless.guard.RemovalGuard.Loss;
import io.driftless.guard.RemovalGuard.Window;
import io.driftless.guard.Standing;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.ParkedRemovals.Open;
import io.driftless.port.ParkedRemovals.Parking;
import io.driftless.source.RootCheck;
import io.driftless.transfer.CommitTree.Closed;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks {@link RemovalGuard} of each change before it is committed, and parks what it withholds. A
 * loss is counted before the commit that makes it, so a crash between the two errs on the safe
 * side.
 */
final class RemovalCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TransferFlow.class);

    /** A deletion under way becomes one set, not one for each commit that met a piece of it. */
    private static final Duration GATHERING = Duration.ofMinutes(1);

    private static final int MAX_GATHERED = 50_000;

    private final TransferContext context;
    private final RootCheck root;
    private final RemovalGuard guard;
    private final Moves moves;
    private final LaterRemovals later;
    private final HeldRemovals held = new HeldRemovals();

    /** Paths that came back, and are to be looked at, in this step and the one before. */
    private Set<EntryPath> toldOf = new HashSet<>();

    private Set<EntryPath> toldBefore = Set.of();

    /**
     * @param root what is under its name tells of what is gone only where it was once found right
     */
    RemovalCheck(TransferContext context, RootCheck root) {
        this.context = context;
        this.root = root;
        this.guard = new RemovalGuard(context.settings().removals());
        this.moves = new Moves(context.settings().removals().window());
        this.later = new LaterRemovals(context, moves);
    }

    /** What came of it. */
    sealed interface Checked {
        /** The change may be committed; say so to {@link #made} when it is. */
        record Passed(Loss loss) implements Checked {}

        /** Rows are parked: choose anew. */
        record Withheld() implements Checked {}

        /** These rows are to wait: choose anew, without them. */
        record Held(Set<EntryPath> paths) implements Checked {}
    }

    /** A change to be made on top of a commit. */
    record Draft(Map<EntryPath, Row> chosen, Closed closed, Optional<Commit> parent) {
        long entries() {
            return parent.map(commit -> commit.summary().entries()).orElse(0L);
        }

        long seq() {
            return 1 + parent.map(Commit::seq).orElse(0L);
        }
    }

    /** The next commit is looked for. */
    void begin() {
        held.begin(context.steady());
        moves.age(context.steady());
        toldBefore = toldOf;
        toldOf = new HashSet<>();
    }

    Mono<Checked> check(Draft draft) {
        return appeared(draft)
                .doOnNext(appeared -> {
                    if (!appeared.isEmpty()) {
                        held.appeared(context.steady());
                    }
                })
                .map(appeared ->
                        new Loss(
                                taking(draft),
                                draft.closed().removed(),
                                appeared,
                                draft.entries(),
                                draft.closed().later()))
                .flatMap(loss -> isNothing(loss) ? passed(loss) : judged(draft, loss));
    }

    private static boolean isNothing(Loss loss) {
        return loss.removed().isEmpty() && loss.later().isEmpty();
    }

    private static Mono<Checked> passed(Loss loss) {
        return Mono.just(new Checked.Passed(loss));
    }

    /** Remembers a change that is durable. */
    void made(Checked.Passed passed) {
        moves.made(passed.loss().removed(), passed.loss().appeared(), context.steady());
    }

    void forget() {
        held.forget();
        moves.forget();
        toldOf.clear();
        toldBefore = Set.of();
    }

    /** Puts where nothing was committed, as far as they can make up for a removal. */
    private Mono<List<Entry>> appeared(Draft draft) {
        List<Entry> puts = draft.closed().puts();
        if (puts.isEmpty() || draft.entries() == 0) {
            return Mono.just(List.of());
        }
        return context.ports()
                .commits()
                .committed(context.folder().id(), puts.stream().map(Entry::path).toList())
                .map(before -> {
                    Set<EntryPath> known =
                            before.stream().map(Entry::path).collect(Collectors.toSet());
                    return puts.stream().filter(put -> !known.contains(put.path())).toList();
                });
    }

    /** The chosen rows at or above what is removed, now or later. */
    private static List<Removal> taking(Draft draft) {
        Set<EntryPath> paths = new HashSet<>();
        draft.closed().removed().forEach(entry -> addWithAbove(entry.path(), paths));
        draft.closed().later().forEach(rest -> addWithAbove(rest.directory(), paths));
        return draft.chosen().values().stream()
                .filter(row -> paths.contains(row.path()) && !row.path().isRoot())
                .filter(row -> !isPutDirectory(row))
                .map(row -> new Removal(row.path(), row.version()))
                .toList();
    }

    private static boolean isPutDirectory(Row row) {
        return row.entry().filter(Entry.DirectoryEntry.class::isInstance).isPresent();
    }

    private static void addWithAbove(EntryPath path, Set<EntryPath> paths) {
        EntryPath at = path;
        while (paths.add(at) && !at.isRoot()) {
            at = at.parent();
        }
    }

    private Mono<Checked> judged(Draft draft, Loss loss) {
        return parked().window(context.folder().id(), context.settings().removals().window())
                .flatMap(window ->
                        standings(loss, window)
                                .flatMap(standings ->
                                        judgement(loss, window, standings)
                                                .flatMap(judgement ->
                                                        concluded(
                                                                draft, loss, judgement,
                                                                standings))));
    }

    /** What goes later is only read where that may change the answer. */
    private Mono<Judgement> judgement(Loss loss, Window window, List<Standing> standings) {
        Judgement judgement = guard.judge(loss, window, standings, moves);
        return judgement instanceof Judgement.Park && !loss.later().isEmpty() && !moves.isEmpty()
                ? later.moved(loss)
                        .map(rests -> guard.judge(loss.withLater(rests), window, standings, moves))
                : Mono.just(judgement);
    }

    private Mono<Checked> concluded(
            Draft draft, Loss loss, Judgement judgement, List<Standing> standings) {
        return switch (judgement) {
            case Judgement.Pass(long lost) ->
                    cameBack(draft, loss, standings)
                            .flatMap(back ->
                                    back.isEmpty()
                                            ? counted(draft, lost, loss)
                                            : Mono.just(new Checked.Held(back)));
            case Judgement.Park(List<Removal> rows, long weight) ->
                    held.hold(rows, context.steady()) ? held(rows) : park(rows, weight);
            case Judgement.Join(var rows) -> join(rows);
            case Judgement.Grow(ApprovalId set, var rows, long weight) ->
                    told(
                            new Parking(
                                    Optional.of(set),
                                    ApprovalId.of(rows).at(set.value()),
                                    weight,
                                    rows,
                                    true));
        };
    }

    /**
     * Approved rows that are not true any more: nobody may have looked since they were parked, and
     * approved is what is still gone. So with directories that take several changes. They are to be
     * looked at, and stay dirty, for the look may find them gone once more and then changes
     * nothing. So do all of them where the source is away or was not found yet, or nobody can be
     * told.
     */
    private Mono<Set<EntryPath>> cameBack(Draft draft, Loss loss, List<Standing> standings) {
        Set<EntryPath> asked =
                standings.stream()
                        .filter(standing -> standing.decision() == Decision.APPROVED)
                        .map(Standing::path)
                        .collect(Collectors.toSet());
        loss.later().forEach(rest -> asked.add(rest.directory()));
        List<EntryPath> taking =
                loss.rows().stream().map(Removal::path).filter(asked::contains).toList();
        if (taking.isEmpty()) {
            return Mono.just(Set.of());
        }
        if (!root.wasFound()) {
            return Mono.just(new HashSet<>(taking));
        }
        return context.ports()
                .tree()
                .look(taking)
                .map(found ->
                        found.stream()
                                .filter(one -> !isAsSaid(draft.chosen().get(one.path()), one))
                                .map(Found::path)
                                .collect(Collectors.toSet()))
                .delayUntil(this::lookAgain)
                .onErrorResume(SyncException.class, lost -> Mono.just(new HashSet<>(taking)));
    }

    /** Once: a hint that is lost is made up for by the next full scan. */
    private Mono<Void> lookAgain(Set<EntryPath> paths) {
        List<EntryPath> news = paths.stream().filter(path -> !toldBefore.contains(path)).toList();
        return context.look(news, Hint.Origin.TRANSFER)
                .then(Mono.fromRunnable(() -> toldOf.addAll(paths)));
    }

    /**
     * Whether what a row takes out is gone. A row without an entry takes out what was at its path:
     * that is gone where nothing is, and where something is that nobody carries over, whether the
     * row tells of it ({@code ENTRY_UNSUPPORTED}) or it came after. A file or a symlink came back.
     * A row with an entry takes out what was below a directory, which is gone with the directory. A
     * path that cannot be read may hold all of it. Rows of whatever else is the matter, unreadable,
     * unstable or altered, keep their entries and take out nothing.
     */
    private static boolean isAsSaid(@Nullable Row row, Found found) {
        return switch (found) {
            case Found.Absent _ -> row != null && row.entry().isEmpty();
            case Found.Present(EntryPath _, Stat stat, var _, var _) ->
                    row != null
                            && switch (stat.kind()) {
                                case FILE, SYMLINK -> row.entry().isPresent();
                                case DIRECTORY -> false;
                                case OTHER -> true;
                            };
            case Found.Unreadable _ -> false;
        };
    }

    private Mono<List<Standing>> standings(Loss loss, Window window) {
        if (!window.hasParked()) {
            return Mono.just(List.of());
        }
        Set<EntryPath> paths = new HashSet<>();
        loss.removed().forEach(entry -> addWithAbove(entry.path(), paths));
        loss.rows().forEach(row -> addWithAbove(row.path(), paths));
        return Mono.zip(
                parked().standings(context.folder().id(), paths),
                later.kept(loss),
                RemovalCheck::both);
    }

    private static List<Standing> both(List<Standing> some, List<Standing> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private Mono<Checked> counted(Draft draft, long lost, Loss loss) {
        if (lost == 0) {
            return passed(loss);
        }
        var counted = new ParkedRemovals.Loss(draft.seq(), draft.entries(), lost);
        return parked().count(context.folder().id(), counted).then(passed(loss));
    }

    private static Mono<Checked> held(List<Removal> rows) {
        return Mono.just(
                new Checked.Held(rows.stream().map(Removal::path).collect(Collectors.toSet())));
    }

    private Mono<Checked> park(List<Removal> rows, long weight) {
        held.forget(rows);
        return parked().open(context.folder().id(), GATHERING, MAX_GATHERED)
                .map(open -> parking(open, rows, weight))
                .flatMap(this::told);
    }

    private Mono<Checked> told(Parking parking) {
        return withhold(parking)
                .doOnNext(checked -> {
                    if (checked instanceof Checked.Withheld) {
                        LOG.warn(
                                "removals wait for approval folder={} code={} set={} rows={} entries={}",
                                context.folder().id(),
                                ErrorCode.REMOVALS_PARKED.id(),
                                parking.set(),
                                parking.removals().size(),
                                parking.weight());
                    }
                });
    }

    private static Parking parking(Optional<Open> open, List<Removal> rows, long weight) {
        Set<EntryPath> fresh = rows.stream().map(Removal::path).collect(Collectors.toSet());
        Collection<Removal> all =
                Stream.concat(
                                open.stream()
                                        .flatMap(set -> set.members().stream())
                                        .filter(member -> !fresh.contains(member.path())),
                                rows.stream())
                        .toList();
        return new Parking(open.map(Open::id), ApprovalId.of(all), weight, rows);
    }

    private Mono<Checked> join(Map<ApprovalId, List<Removal>> rows) {
        return Flux.fromIterable(new ArrayList<>(rows.entrySet()))
                .concatMap(set ->
                        withhold(
                                new Parking(
                                        Optional.of(set.getKey()),
                                        set.getKey(),
                                        0,
                                        set.getValue())))
                .last();
    }

    /** Rows that are not as they were read stay out of this step. */
    private Mono<Checked> withhold(Parking parking) {
        return parked().park(context.folder().id(), parking)
                .flatMap(isWithheld ->
                        isWithheld ? Mono.just(new Checked.Withheld()) : held(parking.removals()));
    }

    private ParkedRemovals parked() {
        return context.ports().parked();
    }
}
