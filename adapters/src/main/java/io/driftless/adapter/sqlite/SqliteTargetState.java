package io.driftless.adapter.sqlite;

import io.driftless.block.ContentId;
import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.guard.LeftIncarnations;
import io.driftless.manifest.Page;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A target's state in one SQLite file, which only this object uses while it is open. Memory does
 * not grow with the number of entries. A file that cannot be understood is {@code STATE_CORRUPT}:
 * without it everything is found out again.
 */
public final class SqliteTargetState implements TargetState {
    private static final Set<ErrorCode> UNREADABLE =
            Set.of(ErrorCode.STORE_OBJECT_DAMAGED, ErrorCode.NAME_INVALID);

    private final StateFile file;
    private final Scheduler thread;
    private final boolean wasClean;
    private final PreparedStatement position;
    private final KnownRows known;
    private final WorkRows work;
    private final RequestRow requests;
    private final LeftRows left;
    private final IntentRows intents;
    private final PageRows pages;
    private final FoldRows folds;

    private SqliteTargetState(StateFile file, Scheduler thread, boolean wasClean)
            throws SQLException {
        this.file = file;
        this.thread = thread;
        this.wasClean = wasClean;
        position = file.prepare("select agent, incarnation, seq, root from position");
        known = new KnownRows(file);
        work = new WorkRows(file);
        requests = new RequestRow(file);
        left = new LeftRows(file);
        intents = new IntentRows(file);
        pages = new PageRows(file);
        folds = new FoldRows(file, new PageCuts(file, pages));
    }

    /**
     * Opens the file, or makes it.
     *
     * @param agentIfNew the id of a state that is made now
     * @param thread a scheduler of one thread, for this state alone; it outlives the state
     */
    public static Mono<SqliteTargetState> open(Path path, String agentIfNew, Scheduler thread) {
        return Mono.fromCallable(() -> openNow(path, agentIfNew, thread)).subscribeOn(thread);
    }

    private static SqliteTargetState openNow(Path path, String agentIfNew, Scheduler thread) {
        StateFile file = StateFile.open(path);
        try {
            return file.inTransaction(() -> {
                if (file.prepareTables()) {
                    try (PreparedStatement begin =
                            file.prepare(
                                    "insert into position (only, agent, seq, put_back, clean) values (1, ?, 0, 0, 1)")) {
                        begin.setString(1, agentIfNew);
                        begin.executeUpdate();
                    }
                }
                boolean wasClean = wasClean(file);
                file.execute("update position set clean = 0");
                return new SqliteTargetState(file, thread, wasClean);
            });
        } catch (RuntimeException failure) {
            file.closeAfter(failure);
            throw failure;
        }
    }

    private static boolean wasClean(StateFile file) throws SQLException {
        try (PreparedStatement query = file.prepare("select clean from position");
                ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                throw file.damaged("its position is missing");
            }
            return row.getBoolean(1);
        }
    }

    @Override
    public Mono<Position> position() {
        return ask(() -> {
            try (ResultSet row = position.executeQuery()) {
                if (!row.next()) {
                    throw file.damaged("its position is missing");
                }
                return new Position(
                        row.getString(1),
                        Optional.ofNullable(row.getString(2)).map(UUID::fromString),
                        row.getLong(3),
                        root(row.getBytes(4)),
                        wasClean);
            }
        });
    }

    private static Optional<PageHash> root(byte @Nullable [] bytes) {
        return bytes == null ? Optional.empty() : Optional.of(PageHash.ofBytes(bytes));
    }

    @Override
    public Mono<Void> collect(List<Change> changes) {
        return act(() -> folds.collect(changes));
    }

    @Override
    public Mono<Void> forgetCollected() {
        return act(folds::forget);
    }

    @Override
    public Mono<Boolean> fold(UUID incarnation, long seq, PageHash root) {
        return ask(() -> {
            work.forgetCount();
            return folds.fold(incarnation, seq, root);
        });
    }

    @Override
    public Mono<Void> putBack() {
        return act(() -> file.execute("update position set put_back = 1"));
    }

    @Override
    public Mono<Map<PageHash, Page>> pages(Set<PageHash> names) {
        return ask(() -> pages.pages(names));
    }

    @Override
    public Mono<Map<EntryPath, PageHash>> leavesOf(Collection<EntryPath> paths) {
        return ask(() -> pages.leavesOf(paths));
    }

    @Override
    public Mono<List<Work>> work(Kind kind, Instant now, int limit) {
        return ask(() -> work.due(kind, now, limit));
    }

    @Override
    public Mono<Long> workLeft() {
        return ask(work::left);
    }

    @Override
    public Mono<List<Holder>> holders(Set<ContentId> contents) {
        return ask(() -> known.holders(contents));
    }

    @Override
    public Mono<List<Applied>> leastProven(Instant now, int limit) {
        return ask(() -> known.leastProven(now, limit));
    }

    @Override
    public Mono<Void> intend(List<Intent> all) {
        return act(() -> intents.put(all));
    }

    @Override
    public Mono<List<Intent>> intents() {
        return ask(intents::all);
    }

    @Override
    public Mono<Void> settle(Kind kind, List<Settled> results) {
        return act(() -> settleNow(kind, results));
    }

    private void settleNow(Kind kind, List<Settled> results) throws SQLException {
        List<Applied> right = new ArrayList<>();
        List<EntryPath> gone = new ArrayList<>();
        List<EntryPath> ended = new ArrayList<>();
        List<Settled.Deviating> deviating = new ArrayList<>();
        for (Settled result : results) {
            switch (result) {
                case Settled.Right(Applied applied) -> right.add(applied);
                case Settled.Gone _, Settled.Released _ -> gone.add(result.path());
                case Settled.Deviating one -> deviating.add(one);
            }
            if (!(result instanceof Settled.Deviating)) {
                ended.add(result.path());
            }
        }
        known.put(right);
        known.remove(gone);
        work.end(kind, ended);
        work.defer(kind, deviating);
        intents.remove(results.stream().map(Settled::path).toList());
    }

    @Override
    public Mono<Extras> extras() {
        return ask(work::extras);
    }

    @Override
    public Mono<Void> approveExtras() {
        return act(work::approveExtras);
    }

    @Override
    public Mono<Void> demand(List<Demand> demands) {
        return act(() -> work.demand(demands));
    }

    @Override
    public Mono<Void> retryAll() {
        return act(work::retryAll);
    }

    @Override
    public Mono<Void> observe(Map<EntryPath, Optional<Applied>> looks) {
        return act(() -> {
            known.put(looks.values().stream().flatMap(Optional::stream).toList());
            known.remove(
                    looks.entrySet().stream()
                            .filter(look -> look.getValue().isEmpty())
                            .map(Map.Entry::getKey)
                            .toList());
        });
    }

    @Override
    public Mono<List<Known>> known(Optional<EntryPath> after, int limit) {
        return ask(() -> known.from(after, limit));
    }

    @Override
    public Mono<List<Known>> knownOf(Collection<EntryPath> paths) {
        return ask(() -> known.of(paths));
    }

    @Override
    public Mono<Requests> requestsDone() {
        return ask(requests::done);
    }

    @Override
    public Mono<Void> requestsDone(Requests done) {
        return act(() -> requests.put(done));
    }

    @Override
    public Mono<LeftIncarnations> left() {
        return ask(left::all);
    }

    @Override
    public Mono<Void> left(LeftIncarnations all) {
        return act(() -> left.put(all));
    }

    @Override
    public Mono<Deviations> deviations(int limit) {
        return ask(() -> work.deviations(limit));
    }

    @Override
    public Mono<Void> close() {
        return Mono.<Void>fromRunnable(
                        () -> {
                            if (!file.isClosed()) {
                                file.inTransaction(() -> {
                                    file.execute("update position set clean = 1");
                                    return true;
                                });
                                file.close();
                            }
                        })
                .subscribeOn(thread);
    }

    /** Something that changes rows. */
    @FunctionalInterface
    private interface Action {
        void run() throws SQLException;
    }

    private Mono<Void> act(Action action) {
        return ask(
                        () -> {
                            action.run();
                            return true;
                        })
                .then();
    }

    private <T> Mono<T> ask(StateFile.Work<T> question) {
        return Mono.fromCallable(() -> askNow(question)).subscribeOn(thread);
    }

    private <T> T askNow(StateFile.Work<T> question) {
        try {
            return file.inTransaction(question);
        } catch (RuntimeException failure) {
            work.forgetCount(); // It may have counted what was rolled back.
            throw ofRows(failure);
        }
    }

    /**
     * Rows are decoded as objects of the store and paths are: here it is the file that is wrong.
     */
    private RuntimeException ofRows(RuntimeException failure) {
        return failure instanceof SyncException known && UNREADABLE.contains(known.code())
                ? file.damaged("a row cannot be read", known)
                : failure;
    }
}
