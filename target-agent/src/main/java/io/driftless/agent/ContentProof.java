package io.driftless.agent;

import io.driftless.block.Content;
import io.driftless.block.ContentDigest;
import io.driftless.error.ErrorCode;
import io.driftless.flow.ByteAllowance;
import io.driftless.port.TargetState.Applied;
import io.driftless.port.TreeReader.Cut;
import io.driftless.tree.Found;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Reads files of the target again, those first whose content was proven longest ago, so that bytes
 * that changed below the file system are found: no stat tells of them. So many bytes an hour are
 * read, a little at a time and only at rest. A large file is read in pieces; if it or the agent
 * changes meanwhile it begins anew.
 *
 * <p>One that cannot be read is as one that holds other bytes, and is put right: what is there is
 * read once more before it is replaced. But one that its own mode closes to its owner is passed by:
 * what would come in its place could be read no more than it.
 */
final class ContentProof {
    private static final Logger LOG = LoggerFactory.getLogger(ContentProof.class);

    private static final int FILES_AT_ONCE = 64;
    private static final int MAX_CLOSED = 10_000;
    private static final int OWNER_READS = 0400;

    private final AgentContext context;
    private final AgentSettings.Checks checks;
    private final TargetScan scan;

    private final ByteAllowance allowance;
    private Optional<Reading> underWay = Optional.empty();

    /** Reading failed, which may have taken long: other work comes first. */
    private boolean hasFailed;

    /** Files that are passed by, as they were left; bounded: the eldest are tried again. */
    private final Set<Applied> closed = Bounded.set(MAX_CLOSED);

    /** A file of which the bytes before the offset were read. */
    private record Reading(Applied file, ContentDigest digest) {}

    ContentProof(AgentContext context, TargetScan scan) {
        this.context = context;
        this.checks = context.settings().checks();
        this.scan = scan;
        this.allowance = new ByteAllowance(checks.proveBytesPerHour(), context.steady());
    }

    /** Reads as much as may be read now. */
    Mono<Void> some() {
        allowance.passed(context.steady());
        hasFailed = false;
        if (!allowance.isLeft()) {
            return Mono.empty();
        }
        return underWay.isPresent() ? read(underWay.get()) : readOldest();
    }

    private Mono<Void> readOldest() {
        Instant now = context.now();
        Instant youngest = now.minus(checks.proveAfter());
        return context.ports()
                .state()
                .leastProven(now, FILES_AT_ONCE + closed.size())
                .flatMapIterable(files -> files)
                .filter(file -> !isProven(file, youngest, now) && !closed.contains(file))
                .concatMap(
                        file ->
                                allowance.isLeft() && underWay.isEmpty() && !hasFailed
                                        ? read(new Reading(file, new ContentDigest()))
                                        : Mono.empty(),
                        1)
                .then();
    }

    /** A proof from the future was made by a clock that was wrong: it is as none. */
    private static boolean isProven(Applied file, Instant youngest, Instant now) {
        return file.proven()
                .filter(time -> time.isAfter(youngest) && !time.isAfter(now))
                .isPresent();
    }

    private Mono<Void> read(Reading reading) {
        underWay = Optional.empty();
        return context.ports()
                .tree()
                .cut(reading.file().path(), reading.digest().sizeBytes(), ByteAllowance.PIECE_BYTES)
                .flatMap(cut -> {
                    if (cut.isOf(reading.file().stat())) {
                        return add(reading, (Cut.Blocks) cut);
                    }
                    return cut instanceof Cut.Failed(Found.Unreadable why)
                                    && why.code() == ErrorCode.ENTRY_UNREADABLE
                            ? unread(reading.file(), why)
                            : look(reading.file());
                });
    }

    private Mono<Void> unread(Applied file, Found.Unreadable why) {
        hasFailed = true;
        if ((file.stat().metadata().mode() & OWNER_READS) == 0) {
            closed.add(file);
            return look(file);
        }
        LOG.warn(
                "content cannot be read code={} folder={} target={} path={} cause={}",
                why.code().id(),
                context.folder(),
                context.target(),
                file.path(),
                why.message());
        // It is fetched again, and that no faster than files are read.
        allowance.spend(file.stat().sizeBytes());
        return scan.damaged(file.path());
    }

    /** It is not as it was left, which is what a scan would find. */
    private Mono<Void> look(Applied file) {
        allowance.spend(0);
        return scan.look(List.of(file.path()));
    }

    private Mono<Void> add(Reading reading, Cut.Blocks cut) {
        long before = reading.digest().sizeBytes();
        cut.blocks().forEach(reading.digest()::add);
        long bytes = reading.digest().sizeBytes() - before;
        allowance.spend(bytes);
        context.counters().proven(bytes);
        if (!cut.isWhole()) {
            underWay = Optional.of(reading);
            return Mono.empty();
        }
        return judge(reading.file(), reading.digest());
    }

    private Mono<Void> judge(Applied file, ContentDigest digest) {
        Content content = file.content().orElseThrow();
        if (digest.finish().equals(content.id())) {
            Applied proven =
                    new Applied(
                            file.path(), file.stat(), file.content(), Optional.of(context.now()));
            return context.ports().state().observe(Map.of(file.path(), Optional.of(proven)));
        }
        LOG.warn(
                "content changed below the file system folder={} target={} path={}",
                context.folder(),
                context.target(),
                file.path());
        return scan.damaged(file.path());
    }
}
