package io.driftless.adapter.codec;

import io.driftless.event.Indexed;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import io.driftless.tree.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

record IndexedRecord(@Nullable String folder, @Nullable String directory, @Nullable List<Row> rows)
        implements EventRecord {
    record Row(@Nullable String name, @Nullable Long version) {}

    static IndexedRecord of(Indexed indexed) {
        return new IndexedRecord(
                indexed.folder().value(),
                indexed.directory().toString(),
                indexed.rows().stream()
                        .map(row -> new Row(row.path().name(), row.version().value()))
                        .toList());
    }

    @Override
    public Indexed toEvent() {
        EntryPath in = EventRecord.path(directory, "directory");
        return new Indexed(
                new FolderId(EventRecord.required(folder, "folder")),
                in,
                EventRecord.items(rows, "rows").stream().map(row -> version(in, row)).toList());
    }

    private static Indexed.RowVersion version(EntryPath in, Row row) {
        return new Indexed.RowVersion(
                EventRecord.inside(in, EventRecord.required(row.name(), "name")),
                new Version(EventRecord.required(row.version(), "version")));
    }
}
