package io.driftless.manifest;

import io.driftless.block.Hash;
import io.driftless.block.PageHash;
import io.driftless.manifest.Page.Child;
import io.driftless.path.EntryPath;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The page of one level that items are being added to. */
final class OpenPage<T> {
    private final int level;
    private final Function<List<T>, Page> toPage;
    private final List<T> items = new ArrayList<>();
    private EntryPath last = EntryPath.ROOT;
    private Hash lastDigest = PageRule.digestOf(last);
    private long entries;
    private long bytes;

    OpenPage(int level, Function<List<T>, Page> toPage) {
        this.level = level;
        this.toPage = toPage;
    }

    void add(T item, EntryPath key, Hash digest, long itemEntries, long itemBytes) {
        items.add(item);
        last = key;
        lastDigest = digest;
        entries += itemEntries;
        bytes += itemBytes;
    }

    int level() {
        return level;
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    int size() {
        return items.size();
    }

    T first() {
        return items.getFirst();
    }

    Hash lastDigest() {
        return lastDigest;
    }

    /** True where the next item begins another page. */
    boolean isEnded() {
        return !items.isEmpty() && isEnd(lastDigest, items.size());
    }

    /** What {@link #isEnded} would say after an item with this digest. */
    boolean wouldEndWith(Hash digest) {
        return isEnd(digest, isEnded() ? 1 : items.size() + 1);
    }

    private boolean isEnd(Hash digest, int size) {
        return size == Page.MAX_ITEMS || PageRule.endsPage(digest, level);
    }

    Page toPage() {
        return toPage.apply(items);
    }

    /** How the parent names what is in here, under this name; then it is empty again. */
    Child close(PageHash name) {
        Child child = new Child(last, name, entries, bytes);
        items.clear();
        entries = 0;
        bytes = 0;
        return child;
    }
}
