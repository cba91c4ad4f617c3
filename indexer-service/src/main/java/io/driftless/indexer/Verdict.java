package io.driftless.indexer;

import io.driftless.error.ErrorCode;
import io.driftless.flow.WorkLoop;
import io.driftless.path.EntryPath;
import io.driftless.port.FolderIndex.Row;
import io.driftless.port.FolderIndex.RowWrite;
import io.driftless.port.FolderIndex.State;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Stat;
import java.time.Instant;
import java.util.Optional;

/** What follows from one sight. Pure. */
sealed interface Verdict {
    /** The row is right. */
    record Same() implements Verdict {}

    /** The row is right and still waits for a commit: say so again. */
    record SayAgain(Row row) implements Verdict {}

    /** The row is to be written like this. */
    record Write(RowWrite write) implements Verdict {}

    /** The file's content has to be read first. */
    record Read(Sight sight, Stat stat) implements Verdict {}

    static Verdict of(Sight sight, IndexSettings settings, Instant now) {
        return switch (sight.found()) {
            case Found.Absent(EntryPath path) -> ofAbsent(sight);
            case Found.Unreadable(EntryPath path, ErrorCode code, String message) ->
                    new Write(waiting(sight, code, settings, now));
            case Found.Present(var _, Stat stat, Optional<LinkTarget> target, var _) ->
                    ofPresent(sight, stat, target);
        };
    }

    private static Verdict ofAbsent(Sight sight) {
        if (sight.row().isEmpty()) {
            return new Same();
        }
        Row row = sight.row().get();
        if (row.state() instanceof State.Removed) {
            return row.dirty() ? new SayAgain(row) : new Same();
        }
        return new Write(
                new RowWrite(
                        row.path(),
                        Optional.of(row.version()),
                        new State.Removed(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
    }

    private static Verdict ofPresent(Sight sight, Stat stat, Optional<LinkTarget> target) {
        Optional<Row> known = sight.row().filter(row -> isSettled(row, stat));
        if (known.isPresent()) {
            return known.get().dirty() ? new SayAgain(known.get()) : new Same();
        }
        EntryPath path = sight.path();
        return switch (stat.kind()) {
            case FILE -> new Read(sight, stat);
            case DIRECTORY ->
                    new Write(ok(sight, stat, new Entry.DirectoryEntry(path, stat.metadata())));
            case SYMLINK ->
                    new Write(
                            ok(
                                    sight,
                                    stat,
                                    new Entry.SymlinkEntry(
                                            path, stat.metadata(), target.orElseThrow())));
            case OTHER ->
                    new Write(
                            new RowWrite(
                                    path,
                                    sight.row().map(Row::version),
                                    new State.Skipped(ErrorCode.ENTRY_UNSUPPORTED),
                                    Optional.of(stat),
                                    Optional.empty(),
                                    Optional.empty()));
        };
    }

    private static boolean isSettled(Row row, Stat stat) {
        boolean isFinal = row.state() instanceof State.Ok || row.state() instanceof State.Skipped;
        return isFinal && row.stat().filter(stat::isSameTuple).isPresent();
    }

    private static RowWrite ok(Sight sight, Stat stat, Entry entry) {
        return new RowWrite(
                entry.path(),
                sight.row().map(Row::version),
                new State.Ok(),
                Optional.of(stat),
                Optional.of(entry),
                Optional.empty());
    }

    /** Keeps the entry as it was and says when to look again. */
    static RowWrite waiting(Sight sight, ErrorCode code, IndexSettings settings, Instant now) {
        int tries = sight.row().map(row -> tries(row.state(), code)).orElse(1);
        Instant due =
                code == ErrorCode.LARGE_PENDING
                        ? now
                        : now.plus(
                                WorkLoop.backoff(
                                        tries, settings.firstRetry(), settings.longestRetry()));
        Optional<Stat> stat =
                sight.found() instanceof Found.Present present
                        ? Optional.of(present.stat())
                        : Optional.empty();
        return new RowWrite(
                sight.path(),
                sight.row().map(Row::version),
                new State.Waiting(code, tries, due),
                stat,
                sight.row().flatMap(Row::entry),
                Optional.empty());
    }

    /** That a large file is to be read is no failure: it neither adds to the count nor ends it. */
    private static int tries(State before, ErrorCode code) {
        if (!(before instanceof State.Waiting waiting)) {
            return 1;
        }
        if (code == ErrorCode.LARGE_PENDING) {
            return waiting.tries();
        }
        boolean goesOn = waiting.code() == code || waiting.code() == ErrorCode.LARGE_PENDING;
        return goesOn ? waiting.tries() + 1 : 1;
    }
}
