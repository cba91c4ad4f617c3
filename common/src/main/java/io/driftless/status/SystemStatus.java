package io.driftless.status;

import io.driftless.error.SyncException;
import io.driftless.port.FolderIndex.Tally;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A running system as a person sees it, and the body of {@code GET /api/status}. Names and paths
 * are in printed form. Fields are only ever added.
 *
 * @param driftless the version of the program
 */
public record SystemStatus(
        String driftless, long pid, Instant started, List<FolderStatus> folders) {
    public SystemStatus {
        folders = List.copyOf(folders);
    }

    /** True where all that is known of the sources is committed and every target is at that. */
    public boolean isConverged() {
        return folders.stream().allMatch(FolderStatus::isConverged);
    }

    /**
     * One folder.
     *
     * @param state one word: {@code scanning} while the source is scanned in full, else {@code
     *     watching}, {@code root-lost} while the source is not where it was, or {@code
     *     degraded-watch} once a directory could not be watched
     * @param source its directory; empty where that is not known here
     * @param settled true where the source was scanned and all that was found so far is in the
     *     newest commit
     * @param seq the newest commit; 0 before the first
     * @param scanned when the newest full scan of the source ended
     * @param nextScan when the next one is due; empty while one is, or is under way
     * @param runs full scans of the source that ended since the start
     * @param looked entries of the source looked at since the start, whatever for
     * @param skipped entries of the source that were not carried over when the newest full scan
     *     ended, by the id of the code that says why
     * @param skippedEntries a few entries of the source that are not carried over now, those that
     *     are tried again first
     * @param problems what keeps the source from being read, or its state from being known
     * @param parked removals at the source that were not made at the targets
     * @param warnings what somebody should see to though nothing is less converged for it
     */
    public record FolderStatus(
            String id,
            String source,
            String state,
            boolean settled,
            long seq,
            long entries,
            long bytes,
            Optional<Instant> scanned,
            Optional<Instant> nextScan,
            long runs,
            long looked,
            Map<String, Long> skipped,
            List<Problem> skippedEntries,
            List<Parked> parked,
            List<Problem> problems,
            List<Problem> warnings,
            List<TargetStatus> targets) {
        public FolderStatus {
            skipped = Map.copyOf(skipped);
            skippedEntries = List.copyOf(skippedEntries);
            parked = List.copyOf(parked);
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
            targets = List.copyOf(targets);
        }

        /** Entries that were not carried over as they are, by the id of the code. */
        public static Map<String, Long> skipped(List<Tally> tallies) {
            return tallies.stream()
                    .collect(Collectors.toMap(tally -> tally.code().id(), Tally::rows, Long::sum));
        }

        /** True where removals wait for somebody to decide on them. */
        public boolean isWaiting() {
            return parked.stream().anyMatch(Parked::isWaiting);
        }

        /** True where the folder is settled and every target stands at its newest commit. */
        public boolean isConverged() {
            return settled
                    && problems.isEmpty()
                    && targets.stream().allMatch(TargetStatus::isConverged);
        }
    }

    /**
     * One target.
     *
     * @param directory where it is; empty where that is not known here
     * @param mode {@code mirror} or {@code overlay}; empty where that is not known here
     * @param state one word: {@code converged}, {@code applying}, {@code deviating}, or {@code
     *     silent} where nothing was heard of it for so long that it may be gone
     * @param behind commits that are not yet desired here
     * @param lagSeconds time since the newest commit was last sent, where it is not yet desired
     *     here; else 0
     * @param pending paths still to be worked on
     * @param deviations paths that are not as desired, by the id of the code that says why
     * @param proven time of the oldest proof of content; empty while some file has none
     * @param checks what looking at it came to
     * @param reported when it last said something of itself; empty while it did not
     */
    public record TargetStatus(
            String id,
            String directory,
            String mode,
            String state,
            long seq,
            long behind,
            double lagSeconds,
            long pending,
            Map<String, Long> deviations,
            Optional<Instant> proven,
            List<Problem> problems,
            TargetChecks checks,
            Optional<Instant> reported) {
        static final String CONVERGED = "converged";
        static final String SILENT = "silent";

        public TargetStatus {
            deviations = Map.copyOf(deviations);
            problems = List.copyOf(problems);
        }

        /**
         * True where it stands at the newest commit, nothing is left to do and no path deviates.
         */
        public boolean isConverged() {
            return state.equals(CONVERGED)
                    && seq > 0
                    && behind == 0
                    && pending == 0
                    && deviations.isEmpty();
        }

        /** True where it may be gone. */
        public boolean isSilent() {
            return state.equals(SILENT);
        }
    }

    /**
     * What looking at a target came to since its agent started.
     *
     * @param scanned when the last scan of the whole target ended: its metadata is proven since
     * @param looked paths that scan looked at
     * @param bytesProven bytes read again to prove what files hold
     * @param drift paths found to be changed by others, by what had become of them
     */
    public record TargetChecks(
            Optional<Instant> scanned, long looked, long bytesProven, Map<String, Long> drift) {
        public static final TargetChecks NONE = new TargetChecks(Optional.empty(), 0, 0, Map.of());

        public TargetChecks {
            drift = Map.copyOf(drift);
        }
    }

    /**
     * One path that is not as desired, or {@code .} for all of them.
     *
     * @param tries in a row that ended so; 0 where they are not counted
     * @param next when it is tried again, by the clock of who tries
     */
    public record Problem(
            String path, String code, String message, int tries, Optional<Instant> next) {
        /** Where tries are not counted. */
        public Problem(String path, String code, String message) {
            this(path, code, message, 0, Optional.empty());
        }

        /** Of all paths. */
        public static Problem ofAll(SyncException trouble) {
            return new Problem(".", trouble.code().id(), String.valueOf(trouble.getMessage()));
        }
    }
}
