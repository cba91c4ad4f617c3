package io.driftless.adapter.codec;

import io.driftless.block.BlockHash;
import io.driftless.block.PageHash;
import io.driftless.block.Sha256;
import io.driftless.event.Bytes;
import io.driftless.event.Commit;
import io.driftless.event.Event;
import io.driftless.event.Hint;
import io.driftless.event.Indexed;
import io.driftless.event.Order;
import io.driftless.event.Report;
import io.driftless.event.Signature;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import io.driftless.tree.TargetId;
import io.driftless.tree.Version;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** One event per shape that its JSON can have, by the name of its golden file. */
final class SampleEvents {
    static final FolderId FOLDER = new FolderId("photos");
    static final UUID ID = UUID.fromString("0f8fad5b-d9cb-469f-a165-70867728950e");

    private static final EntryPath DIRECTORY = EntryPath.parse("2024/Zürich %FF \"x\"");
    private static final Instant TIME = Instant.parse("2026-11-22T17:17:12.000123456Z");

    private SampleEvents() {}

    static Map<String, Event> all() {
        Map<String, Event> events = new LinkedHashMap<>();
        events.put("hint-entry", hint());
        events.put("hint-root", rootHint());
        events.put("hint-directory", Hint.directory(FOLDER, DIRECTORY, Hint.Origin.RETRY));
        events.put("hint-tree", treeHint());
        events.put("indexed", indexed());
        events.put("commit-first", commit(1, Optional.empty(), new Commit.Changes.None()));
        events.put("commit-inline", inlineCommit());
        events.put("commit-stored", storedCommit());
        events.put("commit-mounts", mountsCommit());
        events.put("order-plain", order(Optional.empty(), List.of()));
        events.put("order-pinned", order(Optional.of(7L), List.of("a1", "b2")));
        events.put("order-wanting", wantingOrder());
        events.put("report-first", report(0, Optional.empty(), Map.of(), List.of()));
        events.put("report-full", fullReport());
        events.put("report-checked", checkedReport());
        return events;
    }

    private static Hint hint() {
        List<EntryPath> paths =
                List.of(DIRECTORY.child("a"), DIRECTORY.child("%0A%25"), DIRECTORY.child("ü"));
        return Hint.entries(FOLDER, DIRECTORY, paths, Hint.Origin.WATCH);
    }

    private static Hint rootHint() {
        List<EntryPath> paths = List.of(EntryPath.ROOT, EntryPath.parse("a"));
        return Hint.entries(FOLDER, EntryPath.ROOT, paths, Hint.Origin.OPERATOR);
    }

    private static Hint treeHint() {
        return Hint.tree(FOLDER, EntryPath.ROOT, Hint.Origin.RUN, Optional.of(ID));
    }

    private static Indexed indexed() {
        return new Indexed(
                FOLDER,
                DIRECTORY,
                List.of(
                        new Indexed.RowVersion(DIRECTORY.child("a"), new Version(1)),
                        new Indexed.RowVersion(DIRECTORY.child("b"), new Version(Long.MAX_VALUE))));
    }

    private static Commit inlineCommit() {
        Bytes list = Bytes.of(new byte[] {0, 1, -1, 127, -128});
        return commit(8, Optional.of(page("parent")), new Commit.Changes.Inline(list));
    }

    private static Commit storedCommit() {
        var changes = new Commit.Changes.Stored(page("changes"));
        return commit(9, Optional.of(page("parent")), changes);
    }

    private static Commit mountsCommit() {
        Commit commit = commit(10, Optional.of(page("parent")), new Commit.Changes.None());
        return commit.withMounts(List.of(DIRECTORY, EntryPath.parse("ä%0A")))
                .signed(commit.signature());
    }

    static Commit commit(long seq, Optional<PageHash> parent, Commit.Changes changes) {
        return new Commit(
                FOLDER,
                ID,
                seq,
                page("root"),
                parent,
                page("rules"),
                seq == 8 ? "a1,b2" : "",
                new Commit.Summary(1_000_000, 1L << 50),
                TIME,
                changes,
                new Signature(Bytes.of(new byte[] {1, 2, 3})));
    }

    private static Order order(Optional<Long> pin, List<String> approvals) {
        return new Order(new TargetId("nas-1"), pin, pin.isPresent(), 3, 2, 1, approvals);
    }

    private static Order wantingOrder() {
        return order(Optional.empty(), List.of()).withWanted(List.of(block("one"), block("two")));
    }

    private static Report fullReport() {
        return report(
                12,
                Optional.of(page("root")),
                Map.of("DL-2011", 3L, "DL-2003", 1L),
                List.of(new Report.Problem("a/b", "DL-2003", "Permission denied\n")));
    }

    private static Report checkedReport() {
        return report(
                12,
                Optional.of(page("root")),
                Map.of(),
                List.of(),
                new Report.Checks(
                        Map.of("missing", 2L, "content", 1L), 5_000, 1L << 30, Optional.empty()),
                Set.of(ID));
    }

    private static Report report(
            long seq,
            Optional<PageHash> root,
            Map<String, Long> deviations,
            List<Report.Problem> problems) {
        return report(seq, root, deviations, problems, Report.Checks.NONE, Set.of());
    }

    private static Report report(
            long seq,
            Optional<PageHash> root,
            Map<String, Long> deviations,
            List<Report.Problem> problems,
            Report.Checks checks,
            Set<UUID> doubted) {
        return new Report(
                new TargetId("nas-1"),
                FOLDER,
                ID,
                seq,
                root,
                deviations,
                seq,
                root.map(_ -> TIME),
                root.map(_ -> TIME.minusSeconds(86_400)),
                3,
                2,
                1,
                new Report.Totals(10, 20, 30),
                problems,
                checks,
                doubted,
                doubted.isEmpty() ? Optional.empty() : Optional.of(TIME));
    }

    private static BlockHash block(String text) {
        return Sha256.block(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static PageHash page(String text) {
        return Sha256.page(text.getBytes(StandardCharsets.UTF_8));
    }
}
