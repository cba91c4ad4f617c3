package io.driftless.adapter.memory;

import io.driftless.guard.ApprovalId;
import io.driftless.guard.Removal;
import io.driftless.guard.RemovalGuard.Window;
import io.driftless.guard.Standing;
import io.driftless.guard.Standing.Decision;
import io.driftless.path.EntryPath;
import io.driftless.port.ParkedRemovals.Loss;
import io.driftless.port.ParkedRemovals.Open;
import io.driftless.port.ParkedRemovals.ParkedSet;
import io.driftless.port.ParkedRemovals.Parking;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The removals of one folder that wait, and what was removed lately. */
final class FolderParked {
    private static final int MAX_EXAMPLES = 10;

    private final FolderRows rows;
    private final NavigableMap<Long, Counted> losses = new TreeMap<>();
    private final NavigableMap<EntryPath, Member> members = new TreeMap<>();

    /** By the number that stands for a set, whatever its name is. */
    private final Map<Long, ParkedAs> sets = new LinkedHashMap<>();

    private long lastNumber;

    private record Counted(Loss loss, Instant at) {}

    private record Member(Removal removal, long set) {}

    private record ParkedAs(
            ApprovalId id, Decision decision, long weight, Instant opened, Instant joined) {}

    FolderParked(FolderRows rows) {
        this.rows = rows;
    }

    Window window(Instant after) {
        List<Loss> counted =
                losses.values().stream()
                        .filter(one -> one.at().isAfter(after))
                        .map(Counted::loss)
                        .toList();
        LongStream parked =
                sets.values().stream()
                        .filter(set -> set.decision() == Decision.WAITING)
                        .filter(set -> set.joined().isAfter(after))
                        .mapToLong(ParkedAs::weight);
        return new Window(
                counted.stream().mapToLong(Loss::removals).sum() + parked.sum(),
                counted.stream().mapToLong(Loss::entries).max().orElse(0),
                !members.isEmpty());
    }

    void count(Loss loss, Instant now) {
        losses.put(loss.seq(), new Counted(loss, now));
    }

    List<Standing> standings(Collection<EntryPath> paths) {
        return new TreeSet<>(paths)
                .stream()
                        .flatMap(path -> Stream.ofNullable(members.get(path)))
                        .map(this::standing)
                        .toList();
    }

    Optional<Standing> keptBelow(EntryPath directory) {
        return members.tailMap(directory, false).values().stream()
                .takeWhile(member -> directory.isAncestorOf(member.removal().path()))
                .map(this::standing)
                .filter(standing -> standing.decision() != Decision.APPROVED)
                .findFirst();
    }

    private Standing standing(Member member) {
        ParkedAs set = Objects.requireNonNull(sets.get(member.set()));
        return new Standing(member.removal().path(), set.id(), set.decision());
    }

    Optional<Open> open(Instant after, int limit) {
        return sets.entrySet().stream()
                .filter(set -> set.getValue().decision() == Decision.WAITING)
                .filter(set -> set.getValue().opened().isAfter(after))
                .max(Map.Entry.comparingByKey())
                .map(set -> new Open(set.getValue().id(), membersOf(set.getKey())))
                .filter(open -> !open.members().isEmpty() && open.members().size() <= limit);
    }

    private List<Removal> membersOf(long set) {
        return members.values().stream()
                .filter(member -> member.set() == set)
                .map(Member::removal)
                .toList();
    }

    boolean park(Parking parking, Instant now) {
        if (former(parking).filter(set -> set(set).decision() == Decision.APPROVED).isPresent()) {
            return false;
        }
        List<Removal> withheld =
                parking.removals().stream()
                        .filter(one -> rows.withhold(one.path(), one.version()))
                        .toList();
        if (withheld.isEmpty()) {
            return false;
        }
        long number = joined(parking, now);
        withheld.forEach(one -> members.put(one.path(), new Member(one, number)));
        sets.keySet().removeIf(set -> membersOf(set).isEmpty());
        return true;
    }

    /** The set that is joined, if there is one. */
    private Optional<Long> former(Parking parking) {
        return parking.former()
                .flatMap(this::numberOf)
                .filter(number ->
                        parking.former().equals(Optional.of(parking.set()))
                                || set(number).decision() == Decision.WAITING
                                || (parking.isAbove()
                                        && set(number).decision() == Decision.REJECTED))
                .or(() -> numberOf(parking.set()));
    }

    private long joined(Parking parking, Instant now) {
        Optional<Long> former = former(parking);
        if (former.isEmpty()) {
            lastNumber++;
            sets.put(
                    lastNumber,
                    new ParkedAs(parking.set(), Decision.WAITING, parking.weight(), now, now));
            return lastNumber;
        }
        ParkedAs before = set(former.get());
        sets.put(
                former.get(),
                new ParkedAs(
                        parking.set(),
                        before.decision(),
                        before.weight() + parking.weight(),
                        before.opened(),
                        now));
        return former.get();
    }

    private ParkedAs set(long number) {
        return Objects.requireNonNull(sets.get(number));
    }

    private Optional<Long> numberOf(ApprovalId id) {
        return sets.entrySet().stream()
                .filter(set -> set.getValue().id().equals(id))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    List<ParkedSet> all() {
        return sets.entrySet().stream()
                .sorted(Comparator.comparing(set -> set.getValue().opened()))
                .map(set -> parkedSet(set.getValue(), membersOf(set.getKey())))
                .toList();
    }

    private static ParkedSet parkedSet(ParkedAs set, List<Removal> removals) {
        return new ParkedSet(
                set.id(),
                set.decision(),
                removals.size(),
                set.weight(),
                set.opened(),
                removals.stream().map(Removal::path).limit(MAX_EXAMPLES).toList());
    }

    boolean decide(ApprovalId id, Decision decision) {
        Optional<Long> number = numberOf(id);
        number.ifPresent(found -> {
            ParkedAs set = set(found);
            sets.put(
                    found,
                    new ParkedAs(set.id(), decision, set.weight(), set.opened(), set.joined()));
            if (decision == Decision.APPROVED) {
                membersOf(found).forEach(member -> rows.release(member.path()));
            }
        });
        return number.isPresent();
    }

    /** A commit put these paths, or removed them. */
    void settled(Collection<EntryPath> put, Collection<EntryPath> removed) {
        if (members.isEmpty()) {
            return;
        }
        put.forEach(members::remove);
        for (EntryPath path : removed) {
            if (members.remove(path) != null) {
                rows.dropRemoved(path);
            }
        }
        sets.keySet().removeIf(set -> membersOf(set).isEmpty());
    }
}
