package io.driftless.adapter.memory;

import io.driftless.error.SyncException;
import io.driftless.path.EntryPath;
import io.driftless.port.SourceProofs.Turn;
import io.driftless.port.SourceProofs.Written;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How far the reading of one folder's source came. */
final class FolderProofs {
    private final FolderId folder;
    private final FolderRows rows;
    private final LeaseRow lease = new LeaseRow();
    private final Map<EntryPath, Instant> times = new HashMap<>();
    private Optional<EntryPath> reached = Optional.empty();
    private Optional<Instant> began = Optional.empty();
    private Optional<Instant> since = Optional.empty();

    FolderProofs(FolderId folder, FolderRows rows) {
        this.folder = folder;
        this.rows = rows;
    }

    Optional<Turn> turn(String holder, Duration life, Instant now) {
        Optional<Turn> turn =
                lease.take(holder, life, now).map(token -> new Turn(folder, token, reached));
        if (turn.isPresent() && began.isEmpty()) {
            began = Optional.of(now);
        }
        return turn;
    }

    void written(EntryPath path, Instant now) {
        times.put(path, now);
    }

    List<Written> rows(Optional<EntryPath> after, int limit) {
        return rows.all(after, limit).stream()
                .map(row -> new Written(row, times.getOrDefault(row.path(), Instant.EPOCH)))
                .toList();
    }

    void proven(EntryPath path, Version version, Instant now) {
        rows.of(List.of(path)).stream()
                .filter(row -> row.version().equals(version))
                .forEach(row -> written(path, now));
    }

    void reached(Turn turn, Optional<EntryPath> path, Instant now) {
        if (!lease.isHeldBy(turn.token())) {
            throw SyncException.leaseLost(folder.value());
        }
        reached = path;
        if (path.isEmpty()) {
            since = began;
            began = Optional.of(now);
        }
    }

    Optional<Instant> since() {
        return since;
    }
}
