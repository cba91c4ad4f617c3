package io.driftless.launcher.local;

import io.driftless.block.Content;
import io.driftless.block.ContentId;
import io.driftless.error.ErrorCode;
import io.driftless.launcher.engine.Engine.VerifyDepth;
import io.driftless.launcher.local.ContentComparison.Verdict;
import io.driftless.path.EntryPath;
import io.driftless.plan.Action;
import io.driftless.plan.Actual;
import io.driftless.plan.Mode;
import io.driftless.plan.Planner;
import io.driftless.plan.Situation;
import io.driftless.tree.Entry;
import io.driftless.tree.Found;
import io.driftless.tree.Stat;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Decides how one path differs, with the planner that says what an agent would do. Files of one
 * size and one time count as the same without being read, unless every byte is asked for; files of
 * one size and different times are read.
 */
final class PathComparison {
    /** Stands for what the source's file holds, whatever that is: ids are only compared here. */
    private static final ContentId AS_AT_SOURCE = ContentId.ofDigest(new byte[32]);

    /** Stands for whatever nobody desires. */
    static final ContentId ANOTHER = anotherThan(AS_AT_SOURCE);

    private static final Optional<ContentId> SAME = Optional.of(AS_AT_SOURCE);
    private static final Optional<ContentId> DIFFERENT = Optional.of(ANOTHER);

    private final Planner planner;
    private final ContentComparison contents;
    private final VerifyDepth depth;

    PathComparison(Mode mode, ContentComparison contents, VerifyDepth depth) {
        this.planner = new Planner(mode);
        this.contents = contents;
        this.depth = depth;
    }

    private static ContentId anotherThan(ContentId id) {
        byte[] stored = id.toBytes();
        stored[stored.length - 1]++;
        return ContentId.ofBytes(stored);
    }

    Flux<Difference> compare(Pair pair) {
        return switch (pair) {
            case Pair.Closed(var path, var side, var code, var message) ->
                    Flux.just(new Difference.Untold(path, side, code, message));
            case Pair.Seen seen -> compare(seen);
        };
    }

    private Flux<Difference> compare(Pair.Seen seen) {
        if (seen.source() instanceof Found.Unreadable(var path, var code, var message)) {
            return Flux.just(new Difference.Untold(path, Side.SOURCE, code, message));
        }
        if (seen.target() instanceof Found.Unreadable(var path, var code, var message)) {
            return Flux.just(new Difference.Untold(path, Side.TARGET, code, message));
        }
        Optional<Found.Present> source = present(seen.source());
        Optional<Found.Present> target = present(seen.target());
        Mono<Difference> decided = decide(seen.path(), source, target);
        return source.filter(there -> there.stat().kind() == Stat.Kind.OTHER).isPresent()
                ? Flux.concat(Mono.just(unsupported(seen.path())), decided)
                : decided.flux();
    }

    private static Optional<Found.Present> present(Found found) {
        return found instanceof Found.Present present ? Optional.of(present) : Optional.empty();
    }

    private static Difference unsupported(EntryPath path) {
        return new Difference.Untold(
                path,
                Side.SOURCE,
                ErrorCode.ENTRY_UNSUPPORTED,
                "It is a FIFO, a socket or a device.");
    }

    private Mono<Difference> decide(
            EntryPath path, Optional<Found.Present> source, Optional<Found.Present> target) {
        Optional<Entry> desired = source.flatMap(PathComparison::desired);
        Optional<ContentId> content =
                source.isPresent() && target.isPresent()
                        ? contentWithoutReading(source.get().stat(), target.get().stat())
                        : Optional.empty();
        Question question = new Question(path, desired, target);
        Action action = decide(question, content);
        if (!(action instanceof Action.ReadFirst)) {
            return Mono.justOrEmpty(question.answer(action));
        }
        return contents.compare(path, source.orElseThrow().stat(), target.orElseThrow().stat())
                .flatMap(verdict -> Mono.justOrEmpty(decideAgain(question, verdict)));
    }

    private Optional<Difference> decideAgain(Question question, Verdict verdict) {
        return switch (verdict) {
            case Verdict.Same() -> question.answer(decide(question, SAME));
            case Verdict.Different() -> question.answer(decide(question, DIFFERENT));
            case Verdict.Untold(var side, var code, var message) ->
                    Optional.of(new Difference.Untold(question.path(), side, code, message));
        };
    }

    /** The content of a target's file that has the source's size, as far as stats tell it. */
    private Optional<ContentId> contentWithoutReading(Stat source, Stat target) {
        boolean isProven =
                depth == VerifyDepth.METADATA
                        && source.metadata().modified().equals(target.metadata().modified());
        return isProven || source.sizeBytes() == 0 ? SAME : Optional.empty();
    }

    /**
     * What is ours at the target is not known without the agent's state. What is to be replaced
     * counts as ours; an extra does not, so that it stays in overlay.
     */
    private Action decide(Question question, Optional<ContentId> content) {
        boolean isManaged = question.desired().isPresent();
        Optional<Actual> actual = question.target().map(found -> Actual.of(found, content));
        return planner.decide(
                new Situation(question.path(), question.desired(), actual, isManaged));
    }

    /** One path, as far as both trees were looked at. */
    private record Question(
            EntryPath path, Optional<Entry> desired, Optional<Found.Present> target) {
        Optional<Difference> answer(Action action) {
            return action instanceof Action.Keep
                    ? Optional.empty()
                    : Optional.of(new Difference.ToDo(action, target.isPresent()));
        }
    }

    private static Optional<Entry> desired(Found.Present source) {
        EntryPath path = source.path();
        Stat stat = source.stat();
        return switch (stat.kind()) {
            case FILE ->
                    Optional.of(
                            new Entry.FileEntry(
                                    path,
                                    stat.metadata(),
                                    new Content(
                                            AS_AT_SOURCE,
                                            stat.sizeBytes(),
                                            new Content.Blocks.Inline(List.of()))));
            case DIRECTORY -> Optional.of(new Entry.DirectoryEntry(path, stat.metadata()));
            case SYMLINK ->
                    Optional.of(
                            new Entry.SymlinkEntry(
                                    path, stat.metadata(), source.target().orElseThrow()));
            case OTHER -> Optional.empty();
        };
    }
}
