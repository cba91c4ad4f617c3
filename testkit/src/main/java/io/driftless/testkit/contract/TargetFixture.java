package io.driftless.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.block.BlockRef;
import io.driftless.block.Content;
import io.driftless.error.ErrorCode;
import io.driftless.manifest.BlockLists;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree;
import io.driftless.port.TargetTree.Marker;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.port.TargetTree.SmallFile;
import io.driftless.port.TargetTree.StageName;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Words to write the rules of {@link TargetTreeContract} with. */
abstract class TargetFixture extends TreeFixture {
    static final UUID INCARNATION = UUID.fromString("6b1f5a0e-0000-4000-8000-000000000001");
    static final Timestamp WRITTEN = new Timestamp(1_234_567_890, 123_456_789);
    static final EntryPath TRASH = path(".driftless/trash");

    /**
     * The target that the {@link #editor}'s root is; the same object until {@link #restarted}. Not
     * yet claimed.
     */
    protected abstract TargetTree target();

    /**
     * Ends the process that has the target, at once, and starts the next, which is {@link #target}
     * from then on.
     */
    protected abstract TargetTree restarted();

    /** Another process that wants the same target while the first one lives. */
    protected abstract TargetTree rival();

    /**
     * Lets the trash take nothing from now on, or everything again.
     *
     * @return false where this process may not do that, and nothing was done
     */
    protected abstract boolean refuseTrash(boolean isRefused);

    static Marker marker(long seq) {
        return new Marker("backup", "photos", INCARNATION, "agent-1", seq);
    }

    final void claim() {
        get(target().claim(marker(1)));
    }

    // ---- What is wanted

    /** Owned by whom this process runs as, so that everybody may set it. */
    final Metadata metadata(int mode) {
        Metadata root = stat("").metadata();
        return new Metadata(mode, root.uid(), root.gid(), WRITTEN);
    }

    final Entry.FileEntry file(String path, byte[] content) {
        List<BlockRef> blocks = Trees.blocksOf(content);
        Content named = BlockLists.contentOf(blocks);
        return new Entry.FileEntry(path(path), metadata(0640), named);
    }

    final Entry.FileEntry file(String path, String text) {
        return file(path, bytes(text));
    }

    final Entry.SymlinkEntry link(String path, String target) {
        return new Entry.SymlinkEntry(path(path), metadata(0777), LinkTarget.parse(target));
    }

    final Entry.DirectoryEntry folder(String path) {
        return new Entry.DirectoryEntry(path(path), metadata(0755));
    }

    static StageName name(String name) {
        return new StageName(name);
    }

    // ---- Doing it

    /** Stages one file, in pieces. */
    final Outcome stage(Entry.FileEntry entry, String name, String text) {
        byte[] content = bytes(text);
        int middle = content.length / 2;
        List<ByteBuffer> pieces =
                List.of(
                        ByteBuffer.wrap(content, 0, middle),
                        ByteBuffer.wrap(content, middle, content.length - middle));
        return only(target().stage(List.of(new SmallFile(entry, name(name), pieces))));
    }

    /** Stages and places a file. */
    final Outcome place(String path, String text, Optional<Stat> expected) {
        Entry.FileEntry entry = file(path, text);
        done(stage(entry, "new", text));
        does(target().makeDurable(List.of(name("new"))));
        return place(entry, "new", expected);
    }

    final Outcome place(Entry entry, String name, Optional<Stat> expected) {
        return only(target().place(List.of(new Placement(entry, name(name), expected))));
    }

    /** Places a file where nothing is and gives back what is there then. */
    final Stat placed(String path, String text) {
        return done(place(path, text, Optional.empty())).stat().orElseThrow();
    }

    final Outcome makeFolder(Entry.DirectoryEntry entry) {
        return only(
                target().makeDirectories(
                                List.of(new Placement(entry, name("dir"), Optional.empty()))));
    }

    static Outcome only(Mono<List<Outcome>> outcomes) {
        List<Outcome> all = get(outcomes);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    static Outcome.Done done(Outcome outcome) {
        if (outcome instanceof Outcome.Done done) {
            return done;
        }
        throw new AssertionError("failed: " + outcome);
    }

    static ErrorCode failed(Outcome outcome) {
        if (outcome instanceof Outcome.Failed(ErrorCode code, String message)) {
            assertThat(message).isNotEmpty();
            return code;
        }
        throw new AssertionError("did not fail: " + outcome);
    }

    // ---- Reading back

    /** The texts of all files in the trash, wherever they are in it. */
    final List<String> trashedTexts() {
        return trashed().stream()
                .flatMap(path -> editor().read(path).stream())
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    /** Everything in the trash. */
    final List<EntryPath> trashed() {
        return below(TRASH);
    }

    private List<EntryPath> below(EntryPath directory) {
        List<EntryPath> all = new ArrayList<>();
        for (EntryPath path : editor().names(directory)) {
            all.add(path);
            all.addAll(below(path));
        }
        return all;
    }

    final void assertStageEmpty() {
        assertThat(get(target().leftovers())).isEmpty();
    }
}
