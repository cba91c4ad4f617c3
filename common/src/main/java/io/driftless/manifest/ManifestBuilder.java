package io.driftless.manifest;

import io.driftless.block.Hash;
import io.driftless.block.PageHash;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit.Summary;
import io.driftless.manifest.Page.Branch;
import io.driftless.manifest.Page.Child;
import io.driftless.manifest.Page.Leaf;
import io.driftless.path.EntryPath;
import io.driftless.tree.Entry;
import io.driftless.tree.Entry.FileEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Makes a manifest of entries that come in path order, holding one unfinished page a level. Pages
 * are given away as soon as they are finished, those of lower levels before those that name them.
 * Not for several threads.
 *
 * <p>A page is not finished before the item after it comes: only then is it known that its level
 * needs a parent.
 */
public final class ManifestBuilder {
    private final BiConsumer<PageHash, Page> pages;
    private final OpenPage<Entry> leaf = new OpenPage<>(0, Leaf::new);

    /** The open pages of levels 1 and up. */
    private final List<OpenPage<Child>> branches = new ArrayList<>();

    private EntryPath last = EntryPath.ROOT;
    private long entries;
    private long bytes;

    /**
     * @param pages is given each finished page and its name
     */
    public ManifestBuilder(BiConsumer<PageHash, Page> pages) {
        this.pages = pages;
    }

    /** A finished manifest. */
    public record Built(PageHash root, Summary summary) {}

    /** The next entry; its path comes after all before it. */
    public void add(Entry entry) {
        long size = entry instanceof FileEntry file ? file.content().sizeBytes() : 0;
        count(entry.path(), 1, size);
        if (leaf.isEnded()) {
            close(leaf);
        }
        leaf.add(entry, entry.path(), PageRule.digestOf(entry.path()), 1, size);
    }

    /** Gives away what is left and names the root. The builder is spent. */
    public Built finish() {
        return new Built(finishRoot(), new Summary(entries, bytes));
    }

    /**
     * True where a page of {@code level} would begin with the next entry, so that a page of another
     * manifest can stand there as it is.
     */
    boolean isAligned(int level) {
        boolean isClosing = !leaf.isEmpty();
        if (isClosing && !leaf.isEnded()) {
            return false;
        }
        Hash digest = leaf.lastDigest();
        for (OpenPage<Child> open : branches.subList(0, Math.min(level, branches.size()))) {
            boolean isEnded =
                    isClosing ? open.wouldEndWith(digest) : open.isEmpty() || open.isEnded();
            if (!isEnded) {
                return false;
            }
            if (!isClosing && !open.isEmpty()) {
                digest = open.lastDigest();
                isClosing = true;
            }
        }
        return !isClosing || level <= branches.size() || endsEmptyLevels(digest, level);
    }

    private boolean endsEmptyLevels(Hash digest, int level) {
        for (int above = branches.size() + 1; above <= level; above++) {
            if (!PageRule.endsPage(digest, above)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes over a finished page of {@code level} with everything below it; only where {@link
     * #isAligned}.
     */
    void addPage(int level, Child page) {
        count(page.last(), page.entries(), page.bytes());
        if (!leaf.isEmpty()) {
            close(leaf);
        }
        for (int i = 1; i <= level; i++) {
            if (!branch(i).isEmpty()) {
                close(branch(i));
            }
        }
        addChild(level + 1, page, PageRule.digestOf(page.last()));
    }

    private void count(EntryPath path, long moreEntries, long moreBytes) {
        if (entries > 0 && path.compareTo(last) <= 0) {
            throw new SyncException(
                    ErrorCode.INVARIANT_BROKEN,
                    "Entries come in path order, but " + path + " came after " + last + ".");
        }
        last = path;
        entries += moreEntries;
        bytes += moreBytes;
    }

    private PageHash finishRoot() {
        if (entries == 0) {
            return give(leaf.toPage());
        }
        if (!leaf.isEmpty()) {
            close(leaf);
        }
        for (int level = 1; ; level++) {
            OpenPage<Child> open = branch(level);
            boolean isTop = level == branches.size();
            if (isTop && open.size() == 1) {
                return open.first().page();
            }
            if (!open.isEmpty()) {
                close(open);
            }
        }
    }

    private void close(OpenPage<?> open) {
        Hash digest = open.lastDigest();
        Child child = open.close(give(open.toPage()));
        addChild(open.level() + 1, child, digest);
    }

    private PageHash give(Page page) {
        PageHash name = PageCodec.name(page);
        pages.accept(name, page);
        return name;
    }

    private void addChild(int level, Child child, Hash digest) {
        OpenPage<Child> open = branch(level);
        if (open.isEnded()) {
            close(open);
        }
        open.add(child, child.last(), digest, child.entries(), child.bytes());
    }

    private OpenPage<Child> branch(int level) {
        while (branches.size() < level) {
            int next = branches.size() + 1;
            branches.add(new OpenPage<>(next, children -> new Branch(next, children)));
        }
        return branches.get(level - 1);
    }
}
