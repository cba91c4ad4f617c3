package io.driftless.adapter.codec;

import io.driftless.event.Hint;
import io.driftless.path.EntryPath;
import io.driftless.tree.FolderId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

record HintRecord(
        @Nullable String folder,
        @Nullable String directory,
        @Nullable String scope,
        @Nullable List<String> names,
        @Nullable String origin,
        @Nullable String run)
        implements EventRecord {
    static HintRecord of(Hint hint) {
        return new HintRecord(
                hint.folder().value(),
                hint.directory().toString(),
                EventRecord.word(hint.scope()),
                hint.paths().isEmpty() ? null : hint.paths().stream().map(EntryPath::name).toList(),
                EventRecord.word(hint.origin()),
                EventRecord.print(hint.run()));
    }

    @Override
    public Hint toEvent() {
        EntryPath in = EventRecord.path(directory, "directory");
        List<String> listed = names == null ? List.of() : EventRecord.items(names, "names");
        return new Hint(
                new FolderId(EventRecord.required(folder, "folder")),
                in,
                EventRecord.constant(Hint.Scope.class, scope, "scope"),
                listed.stream().map(name -> EventRecord.inside(in, name)).toList(),
                EventRecord.constant(Hint.Origin.class, origin, "origin"),
                Optional.ofNullable(run).map(UUID::fromString));
    }
}
