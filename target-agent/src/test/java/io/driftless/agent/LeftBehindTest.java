package io.driftless.agent;

import static io.driftless.testing.Trees.contentOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.adapter.memory.MemoryTargetState;
import io.driftless.adapter.memory.MemoryTree;
import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.block.PageHash;
import io.driftless.change.Change;
import io.driftless.error.ErrorCode;
import io.driftless.error.SyncException;
import io.driftless.event.Commit;
import io.driftless.event.Signature;
import io.driftless.manifest.ManifestBuilder;
import io.driftless.path.EntryPath;
import io.driftless.port.TargetState;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TargetState.Intent;
import io.driftless.port.TargetState.Known;
import io.driftless.port.TargetState.Settled;
import io.driftless.port.TargetState.Work;
import io.driftless.port.TargetTree;
import io.driftless.port.TargetTree.Outcome;
import io.driftless.port.TargetTree.Placement;
import io.driftless.port.TargetTree.SmallFile;
import io.driftless.port.TargetTree.StageName;
import io.driftless.tree.Entry;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What an agent leaves behind when its work ends early, and what it makes of that. */
class LeftBehindTest {
    private static final Metadata METADATA =
            new Metadata(0644, 1000, 1000, new Timestamp(1_000, 5));
    private static final byte[] OURS = {1, 2, 3};
    private static final byte[] THEIRS = {4, 5, 6};

    private final MemoryTree disk = new MemoryTree(() -> Instant.ofEpochSecond(2_000_000));
    private final SortedMap<EntryPath, Entry> desired = new TreeMap<>();
    private final AgentContext context = MemoryAgent.context(disk, new Counters());
    private final ContentStep contents = MemoryAgent.contents(context, new Settling(context));

    @BeforeEach
    void claim() {
        get(context.ports().tree().claim(MemoryAgent.MARKER));
    }

    @Test
    void keeps_nothing_in_the_stage_of_what_cannot_be_placed() {
        disk.write(path("parent"), OURS);

        run(contents.apply(List.of(desired(file("parent/f", Content.empty())))));

        assertThat(get(context.ports().tree().leftovers())).isEmpty();
    }

    @Test
    void does_not_take_for_right_what_is_edited_between_its_proof_and_its_metadata() {
        disk.write(path("a"), OURS);
        disk.write(path("b"), OURS);
        AtomicBoolean isEdited = new AtomicBoolean();
        disk.beforeChanges(() -> {
            if (isEdited.compareAndSet(false, true)) {
                disk.overwrite(path("b"), 0, THEIRS);
            }
        });

        run(
                contents.apply(
                        List.of(
                                desired(file("a", contentOf(OURS))),
                                desired(file("b", contentOf(OURS))))));

        assertThat(applied("a")).isPresent();
        assertThat(applied("b")).isEmpty();
        assertThat(disk.bytes(path("b"))).contains(THEIRS);
    }

    @Test
    void gives_its_state_back_though_no_commit_ever_came() {
        MemoryTargetState state = (MemoryTargetState) context.ports().state();

        run(new Session(context).close());

        assertThat(get(state.reopen().position()).wasClean()).isTrue();
    }

    @Test
    void knows_what_it_had_placed_when_it_was_killed_unless_it_was_edited_since() {
        for (boolean isEdited : List.of(false, true)) {
            String name = isEdited ? "edited" : "kept";
            desire(file(name, contentOf(OURS)));
            place(file(name, contentOf(OURS)));
            if (isEdited) {
                disk.overwrite(path(name), 0, THEIRS);
            }

            run(new Recovery(context, new Takeover(context)).run());

            assertThat(applied(name).isPresent()).as(name).isEqualTo(!isEdited);
        }
    }

    @Test
    void clears_the_stage_after_a_step_that_failed() {
        Session session = settledSession();
        stage(file("f", contentOf(OURS)));

        session.failed(new SyncException(ErrorCode.DEPENDENCY_UNAVAILABLE, "The store is away."));
        finish(session);

        assertThat(get(context.ports().tree().leftovers())).isEmpty();
    }

    /** Its name says that we wrote it, and what an exchange put under it since is theirs. */
    @Test
    void never_discards_what_is_not_ours_and_the_trash_refuses() {
        Session session = settledSession();
        EntryPath trash = path(".driftless/trash");
        Entry.FileEntry file = file("f", contentOf(OURS));
        stage(file);
        run(context.ports().state().intend(List.of(intent(file, -1))));
        disk.overwrite(path(".driftless/stage").child(stageName(file).value()), 0, THEIRS);
        disk.mount(trash);

        session.failed(new SyncException(ErrorCode.NO_SPACE, "The disk is full."));
        finish(session);
        run(
                context.ports()
                        .state()
                        .settle(TargetState.Kind.CONTENT, List.of(new Settled.Gone(path("f")))));
        session.failed(new SyncException(ErrorCode.NO_SPACE, "The disk is full."));
        finish(session);
        disk.unmount(trash);
        session.failed(new SyncException(ErrorCode.NO_SPACE, "The disk is full."));
        finish(session);

        assertThat(get(context.ports().tree().leftovers())).isEmpty();
        List<EntryPath> bins = disk.names(trash);
        assertThat(bins).hasSize(1);
        assertThat(disk.names(bins.getFirst()).stream().flatMap(one -> disk.bytes(one).stream()))
                .containsExactly(THEIRS);
    }

    @Test
    void drops_at_rest_the_partial_files_of_contents_that_are_not_wanted() {
        TargetTree tree = context.ports().tree();
        ContentId unwanted = contentOf(OURS).id();
        run(tree.openPartial(unwanted));
        run(tree.writePartial(unwanted, 0, ByteBuffer.wrap(OURS)));

        run(settledSession().tidy());

        assertThat(get(tree.openPartial(unwanted))).isZero();
    }

    /** Else a full disk stays full of what nobody wants. */
    @Test
    void drops_them_at_once_where_the_disk_is_full() {
        TargetTree tree = context.ports().tree();
        ContentId unwanted = contentOf(OURS).id();
        Session session = settledSession();
        run(tree.openPartial(unwanted));
        run(tree.writePartial(unwanted, 0, ByteBuffer.wrap(OURS)));

        session.failed(new SyncException(ErrorCode.NO_SPACE, "The disk is full."));
        finish(session);

        assertThat(get(tree.openPartial(unwanted))).isZero();
    }

    @Test
    void makes_a_lost_directory_again_with_all_that_was_in_it() {
        desire(new Entry.DirectoryEntry(path("d"), METADATA));
        desire(file("d/kept", Content.empty()));
        Session session = settledSession();
        for (boolean isReplaced : List.of(false, true)) {
            disk.delete(path("d/kept"));
            disk.delete(path("d/new"));
            disk.delete(path("d"));
            if (isReplaced) {
                disk.write(path("d"), THEIRS);
            }
            int mode = isReplaced ? 0600 : 0640;
            Metadata changed = new Metadata(mode, 1000, 1000, METADATA.modified());
            desire(new Entry.FileEntry(path("d/new"), changed, Content.empty()));

            finish(session);

            assertThat(disk.names(path("d"))).containsExactly(path("d/kept"), path("d/new"));
            assertThat(get(context.ports().state().deviations(1)).counts()).isEmpty();
        }
    }

    @Test
    void says_at_the_next_start_what_it_cannot_read() {
        desire(new Entry.DirectoryEntry(path("d"), METADATA));
        desire(file("d/f", Content.empty()));
        settledSession();

        disk.setReadable(path("d"), false);
        settledSession();

        assertThat(get(context.ports().state().deviations(1)).counts())
                .containsExactly(Map.entry(ErrorCode.ENTRY_UNREADABLE, 1L));
    }

    /** Of a folder with one empty file and what was desired before; all is in place. */
    private Session settledSession() {
        PageHash root = desire(file("empty", Content.empty()));
        Session session = new Session(context);
        session.learn(
                new Commit(
                        MemoryAgent.FOLDER,
                        MemoryAgent.INCARNATION,
                        1,
                        root,
                        Optional.empty(),
                        root,
                        "",
                        new Commit.Summary(1, 0),
                        Instant.EPOCH,
                        new Commit.Changes.None(),
                        Signature.NONE));
        finish(session);
        return session;
    }

    private static void finish(Session session) {
        while (get(session.round())) {
            // One more round.
        }
    }

    /** Makes the entry desired with all that were desired before; the root of it. */
    private PageHash desire(Entry entry) {
        desired.put(entry.path(), entry);
        ManifestBuilder manifest = new ManifestBuilder((name, page) -> {});
        desired.values().forEach(manifest::add);
        PageHash root = manifest.finish().root();
        TargetState state = context.ports().state();
        run(state.collect(List.of(new Change.Put(entry))));
        assertThat(get(state.fold(MemoryAgent.INCARNATION, 1, root))).isTrue();
        return root;
    }

    private void place(Entry.FileEntry file) {
        Stat staged = stage(file);
        StageName name = stageName(file);
        run(context.ports().state().intend(List.of(intent(file, staged.inode()))));
        run(context.ports().tree().place(List.of(new Placement(file, name, Optional.empty()))));
    }

    private static Intent intent(Entry.FileEntry file, long inode) {
        return new Intent(
                file.path(), stageName(file), Optional.of(inode), Optional.of(file.content().id()));
    }

    private Stat stage(Entry.FileEntry file) {
        SmallFile small = new SmallFile(file, stageName(file), List.of(ByteBuffer.wrap(OURS)));
        Outcome outcome = get(context.ports().tree().stage(List.of(small))).getFirst();
        return ((Outcome.Done) outcome).stat().orElseThrow();
    }

    private static StageName stageName(Entry file) {
        return new StageName(AgentContext.STAGED + file.path());
    }

    private Optional<Applied> applied(String path) {
        List<Known> known = get(context.ports().state().knownOf(List.of(path(path))));
        return known.stream().flatMap(one -> one.applied().stream()).findFirst();
    }

    private static EntryPath path(String text) {
        return EntryPath.parse(text);
    }

    private static Entry.FileEntry file(String path, Content content) {
        return new Entry.FileEntry(path(path), METADATA, content);
    }

    private static Work desired(Entry entry) {
        return new Work(entry.path(), Optional.of(entry), Optional.empty(), false);
    }

    private static void run(Mono<?> work) {
        work.block(Duration.ofSeconds(20));
    }

    private static <T> T get(Mono<T> work) {
        return Objects.requireNonNull(work.block(Duration.ofSeconds(20)));
    }
}
