package io.driftless.launcher.local;

import static io.driftless.launcher.local.TreePair.FOLDER;
import static io.driftless.launcher.local.TreePair.TARGET;
import static io.driftless.launcher.local.TreePair.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.driftless.agent.AppliedChange;
import io.driftless.launcher.engine.TargetChange;
import io.driftless.plan.Itemised;
import io.driftless.testing.Trees;
import io.driftless.tree.Entry;
import io.driftless.tree.LinkTarget;
import io.driftless.tree.Metadata;
import io.driftless.tree.Stat;
import io.driftless.tree.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class ChangeFeedTest {
    private static final Metadata METADATA = new Metadata(0644, 1, 2, Trees.TIME);
    private static final Metadata OLDER = new Metadata(0600, 1, 2, new Timestamp(5, 0));

    private final ChangeFeed feed = new ChangeFeed(FOLDER, TARGET, Schedulers.immediate());

    @Test
    void tells_of_a_new_file() {
        assertThat(told(made(file(), Optional.empty()))).containsExactly(">f+++++++++ f");
    }

    @Test
    void tells_in_what_a_replaced_file_differs() {
        assertThat(told(made(file(), Optional.of(stat(Stat.Kind.FILE, 9, OLDER)))))
                .containsExactly(">fcstp..... f");
    }

    @Test
    void tells_of_content_alone_where_nothing_else_differed() {
        assertThat(told(made(file(), Optional.of(stat(Stat.Kind.FILE, 3, METADATA)))))
                .containsExactly(">fc........ f");
    }

    @Test
    void tells_of_metadata_without_content() {
        assertThat(told(described(file(), stat(Stat.Kind.FILE, 3, OLDER))))
                .containsExactly(".f..tp..... f");
        assertThat(told(described(directory(), stat(Stat.Kind.DIRECTORY, 0, OLDER))))
                .containsExactly(".d..tp..... f/");
        assertThat(told(described(link(), stat(Stat.Kind.SYMLINK, 0, OLDER))))
                .containsExactly(".L..t...... f -> g");
    }

    @Test
    void tells_of_a_link_that_leads_elsewhere() {
        assertThat(told(made(link(), Optional.of(stat(Stat.Kind.SYMLINK, 0, METADATA)))))
                .containsExactly("cLc........ f -> g");
    }

    @Test
    void tells_of_something_that_took_the_place_of_another_kind_as_created() {
        assertThat(told(made(link(), Optional.of(stat(Stat.Kind.FILE, 3, METADATA)))))
                .containsExactly("cL+++++++++ f -> g");
        assertThat(told(made(directory(), Optional.of(stat(Stat.Kind.FILE, 3, METADATA)))))
                .containsExactly("cd+++++++++ f/");
    }

    @Test
    void tells_of_a_removal_with_the_kind_of_what_was_there() {
        var change =
                new AppliedChange(
                        path("f"),
                        Optional.empty(),
                        Optional.of(stat(Stat.Kind.DIRECTORY, 0, METADATA)),
                        false);

        assertThat(told(change)).containsExactly("*deleting   f/");
    }

    @Test
    void forgets_what_happened_before_anybody_listened() {
        feed.accept(made(file(), Optional.empty()));

        StepVerifier.create(feed.changes())
                .expectSubscription()
                .then(() -> feed.accept(made(file(), Optional.empty())))
                .expectNextCount(1)
                .thenCancel()
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void drops_what_a_slow_listener_has_no_room_for_and_tells_the_others_everything() {
        SlowListener slow = new SlowListener();
        List<TargetChange> fast = new ArrayList<>();
        feed.changes().subscribe(slow);
        feed.changes().subscribe(fast::add);
        int many = ChangeFeed.MAX_WAITING + 5_000;

        for (int i = 0; i < many; i++) {
            feed.accept(made(file(), Optional.empty()));
        }
        slow.requestUnbounded();

        assertThat(fast).hasSize(many);
        assertThat(slow.told).hasSizeBetween(ChangeFeed.MAX_WAITING, many - 1);
    }

    private static final class SlowListener extends BaseSubscriber<TargetChange> {
        final List<TargetChange> told = new ArrayList<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // Asks for nothing yet.
        }

        @Override
        protected void hookOnNext(TargetChange change) {
            told.add(change);
        }
    }

    /** What a listener prints. */
    private List<String> told(AppliedChange change) {
        List<TargetChange> told = new ArrayList<>();
        var listening = feed.changes().subscribe(told::add);
        feed.accept(change);
        listening.dispose();
        assertThat(told)
                .allMatch(one -> one.folder().equals(FOLDER) && one.target().equals(TARGET));
        return told.stream()
                .flatMap(one -> Itemised.of(one.action()).stream())
                .map(Itemised::toString)
                .toList();
    }

    private static AppliedChange made(Entry desired, Optional<Stat> before) {
        return new AppliedChange(path("f"), Optional.of(desired), before, true);
    }

    private static AppliedChange described(Entry desired, Stat before) {
        return new AppliedChange(path("f"), Optional.of(desired), Optional.of(before), false);
    }

    private static Entry file() {
        return new Entry.FileEntry(path("f"), METADATA, Trees.contentOf("one"));
    }

    private static Entry directory() {
        return new Entry.DirectoryEntry(path("f"), METADATA);
    }

    private static Entry link() {
        return new Entry.SymlinkEntry(path("f"), METADATA, LinkTarget.parse("g"));
    }

    private static Stat stat(Stat.Kind kind, long sizeBytes, Metadata metadata) {
        return new Stat(kind, sizeBytes, metadata, new Timestamp(9, 0), 1, 2, 1);
    }
}
