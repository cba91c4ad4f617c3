package io.driftless.adapter.codec;

import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Event;
import io.driftless.path.EntryPath;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as it is written: the components' names and order are the format. A component is null
 * where the field is not there.
 */
sealed interface EventRecord
        permits HintRecord, IndexedRecord, CommitRecord, OrderRecord, ReportRecord {
    /** The event; fails where a field lacks or does not hold what it should. */
    Event toEvent();

    /** The value of a field that every version has. */
    static <T> T required(@Nullable T value, String field) {
        if (value == null) {
            throw new SyncException(ErrorCode.MESSAGE_MALFORMED, "Field " + field + " is missing.");
        }
        return value;
    }

    /** The items of a list that every version has. */
    static <T> List<T> items(@Nullable List<T> list, String field) {
        List<T> items = required(list, field);
        items.forEach(item -> required(item, field));
        return items;
    }

    static <E extends Enum<E>> E constant(Class<E> type, @Nullable String word, String field) {
        return Enum.valueOf(type, required(word, field).toUpperCase(Locale.ROOT));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static UUID uuid(@Nullable String text, String field) {
        return UUID.fromString(required(text, field));
    }

    static PageHash page(@Nullable String text, String field) {
        return PageHash.parse(required(text, field));
    }

    static EntryPath path(@Nullable String text, String field) {
        return EntryPath.parse(required(text, field));
    }

    /** A name inside a directory; the empty name in the root is the root itself. */
    static EntryPath inside(EntryPath directory, String name) {
        return name.isEmpty() && directory.isRoot() ? directory : directory.child(name);
    }

    static @Nullable String print(Optional<?> value) {
        return value.map(Object::toString).orElse(null);
    }
}
