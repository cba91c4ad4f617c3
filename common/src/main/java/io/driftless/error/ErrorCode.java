package io.driftless.error;

/**
 * Every failure that Driftless expects, with its stable id. Ids are never renumbered or reused.
 *
 * <p>1xxx: wrong use. 2xxx: one entry. 3xxx: a folder or target. 4xxx: a service we depend on.
 * 9xxx: a bug of ours.
 */
public enum ErrorCode {
    BAD_USAGE(1001, Reaction.REFUSE, "Correct the command line; --help lists every option."),
    BAD_SETTING(1002, Reaction.REFUSE, "Correct the setting named in the message."),
    SOURCE_MISSING(1003, Reaction.REFUSE, "Name an existing directory as the source."),
    SOURCE_NOT_DIRECTORY(1004, Reaction.REFUSE, "Name a directory, not a file, as the source."),
    TARGET_INSIDE_SOURCE(1005, Reaction.REFUSE, "Choose a target outside the source."),
    SOURCE_INSIDE_TARGET(
            1006, Reaction.REFUSE, "Choose a target that does not contain the source."),
    TARGET_TWICE(
            1007,
            Reaction.REFUSE,
            "Name each target once; two names of one directory count as one."),
    TARGET_NESTED(1008, Reaction.REFUSE, "Choose targets that do not contain one another."),
    TARGET_UNSAFE(
            1009, Reaction.REFUSE, "A file system root or a home directory cannot be a target."),
    TARGET_NOT_WRITABLE(
            1010,
            Reaction.REFUSE,
            "Give this user write permission, or mount the file system read-write."),
    TARGET_NOT_DIRECTORY(
            1011,
            Reaction.REFUSE,
            "Name a directory, or a path that does not exist yet, as the target."),
    STATE_IN_USE(
            1012,
            Reaction.REFUSE,
            "Another driftless runs on this state directory: stop it, or name another --state. Of `driftless run` ask `driftless status`, and `driftless scan --content` in place of `verify`."),
    STATE_CORRUPT(
            1013,
            Reaction.REFUSE,
            "Move the named file away; it is rebuilt from the source and the targets."),
    STATE_INSIDE_TREE(1014, Reaction.REFUSE, "Choose a --state outside source and targets."),
    PORT_IN_USE(1015, Reaction.REFUSE, "Choose another port, or stop what listens there."),
    NOT_RUNNING(
            1016,
            Reaction.REFUSE,
            "Start it with `driftless run`. One whose state is elsewhere than by default, as by `state` in its settings file, is found with --state DIR (or DRIFTLESS_STATE), services with --url."),
    NO_SUCH_SET(
            1020,
            Reaction.REFUSE,
            "Ask `driftless status` which sets wait: one that grew has another id."),
    RESTART_NEEDED(
            1021,
            Reaction.REFUSE,
            "The named settings cannot change while it runs: restart it, and they are taken over."),
    TOKEN_REFUSED(
            1030,
            Reaction.REFUSE,
            "Name the file with the system's token with --token-file, or set DRIFTLESS_TOKEN."),

    ENTRY_VANISHED(2001, Reaction.SKIP_ENTRY, "It was removed while it was read; nothing to do."),
    ENTRY_UNSTABLE(
            2002, Reaction.RETRY, "It is being written all the time; it follows when it rests."),
    ENTRY_UNREADABLE(2003, Reaction.RETRY, "Give this user read permission, or check the disk."),
    ENTRY_UNSUPPORTED(
            2004, Reaction.SKIP_ENTRY, "FIFOs, sockets and devices are not carried over."),
    NAME_INVALID(2005, Reaction.SKIP_ENTRY, "The path is too long or not a path."),
    BLOCK_MISMATCH(
            2006,
            Reaction.RETRY,
            "The bytes were not what their name says; they are fetched again."),
    BLOCK_MISSING(
            2007,
            Reaction.RETRY,
            "The store does not hold this block; it is stored again from the source, or from a target that holds it."),
    LOCAL_EDIT(
            2008,
            Reaction.RETRY,
            "The target was edited at this instant; the edit is in the trash."),
    FOREIGN_IN_THE_WAY(
            2009,
            Reaction.SKIP_ENTRY,
            "Something that is not ours stands where a file should be, or in a directory that is to"
                    + " go; move it away."),
    CROSS_DEVICE(
            2010,
            Reaction.SKIP_ENTRY,
            "Another file system is mounted inside the target; unmount it or make it a target of its own."),
    NOT_PERMITTED(
            2011,
            Reaction.RETRY,
            "This user may not do it, mostly set the owner or mode: the bytes are there then, but the entry does not count as converged. Run as root, or as the owner of the files."),
    HARD_LINKED(2012, Reaction.SKIP_ENTRY, "Hard links are carried over as separate files."),
    ENTRY_ALTERED(
            2014,
            Reaction.SKIP_ENTRY,
            "Its bytes changed though nobody wrote it, as on a failing disk; targets keep what it held. Copy it back from a target, or touch it if it is right."),
    LARGE_PENDING(2013, Reaction.RETRY, "It is large and is being read."),
    MOUNT_CHANGED(
            2020,
            Reaction.RETRY,
            "A file system was mounted or unmounted here, so nothing below is taken over: put it back, or accept it with --accept-mounts."),

    ROOT_LOST(
            3001,
            Reaction.STOP_FOLDER,
            "The root vanished or another directory stands in its place; bring it back."),
    TARGET_TAKEN(
            3002,
            Reaction.STOP_FOLDER,
            "It belongs to another folder id or target name, or another agent is at work on it; the message says which. Use the same id and name again; or, if the new owner is meant, stop the old one and delete the target's .driftless/marker.json: what is equal is then taken over without being fetched."),
    NO_SPACE(3003, Reaction.RETRY, "Free space on this file system; work goes on by itself."),
    READ_ONLY(3004, Reaction.RETRY, "Mount the file system read-write; work goes on by itself."),
    ROOT_MISMATCH(
            3005,
            Reaction.RETRY,
            "Neither a commit's changes nor its whole manifest gave the signed root; the target stays as it is, and tries again."),
    SIGNATURE_INVALID(
            3006,
            Reaction.STOP_FOLDER,
            "Commits come that are not signed with the key the target was given; check the key, and who can write to the topic."),
    LEASE_LOST(3007, Reaction.RETRY, "Another instance took over; this one waits."),
    WATCH_DEGRADED(
            3008,
            Reaction.RETRY,
            "Some directories are not watched, the log says which and why; changes there are found by full scans only, so choose --full-scan accordingly. Where it says ENOSPC, raise fs.inotify.max_user_watches. A network file system (NFS, SMB) does not tell of what other machines change. The status of `driftless run` is degraded-watch until a restart."),
    NOT_CONVERGED(3009, Reaction.RETRY, "See the deviations listed; they are tried again."),
    COMMIT_AWAITED(
            3010,
            Reaction.RETRY,
            "The agent's state was lost, and it has only heard of commits older than what stood here; it goes on with the newest, within some minutes."),
    CLOCK_SKEWED(
            3011,
            Reaction.RETRY,
            "Two machines' clocks are over 2 s apart: set both by NTP. Nothing waits for it, but times that are told or waited for are off."),
    REMOVALS_PARKED(
            3020,
            Reaction.RETRY,
            "Much was removed at once: `driftless approve ID` lets it go, `driftless reject ID` keeps it at the targets."),
    EXTRAS_HELD(
            3021,
            Reaction.RETRY,
            "A mirror holds much that Driftless never put there: `driftless approve ID` moves it to the trash; or move it away yourself."),
    INCARNATION_CHANGED(
            3040,
            Reaction.RETRY,
            "The folder was made anew, as after database and store were lost. What the target holds of the one before counts as put there by somebody else: it is not removed unasked if that is much, and goes to the trash."),
    INCARNATION_LEFT(
            3041,
            Reaction.RETRY,
            "Commits come of an incarnation of the folder that this target left for another. Find out who publishes them; if that is the folder that is meant, stop the agent and delete its state."),
    TARGET_AHEAD(
            3042,
            Reaction.RETRY,
            "Database, store and topic were put back to a time before this target's commit. Wait until the folder's commits are past it: what only this target holds goes to its trash then. Or, if the older state is meant, stop the agent and delete its state and the target's .driftless/marker.json."),
    FOLDER_SET_BACK(
            3043,
            Reaction.RETRY,
            "Database and store were put back to a time before what was published. The folder goes on from there by itself, under another incarnation: what targets hold of the time between is not removed unasked if that is much, and goes to the trash."),

    DEPENDENCY_UNAVAILABLE(
            4001,
            Reaction.RETRY,
            "Kafka, PostgreSQL or the store did not answer; see the message for which."),
    STORE_OBJECT_MISSING(
            4002, Reaction.RETRY, "An object that should be in the store is not there."),
    STORE_OBJECT_DAMAGED(4003, Reaction.RETRY, "An object in the store is not what its name says."),
    STORE_REFUSED(
            4004,
            Reaction.RETRY,
            "The store refused access; check endpoint, bucket and keys. It is asked again by itself."),
    MESSAGE_MALFORMED(4005, Reaction.SKIP_ENTRY, "A message could not be read and was put aside."),
    START_FAILED(
            4006,
            Reaction.REFUSE,
            "An embedded server did not start; the message says which and why."),
    STORE_OBJECT_UNREADABLE(
            4010,
            Reaction.RETRY,
            "The store answers, but cannot read this one object; a pack is stored again from the source. Check the disk or the bucket."),

    INVARIANT_BROKEN(9001, Reaction.BUG, "Please report this with the message and the log."),
    UNKNOWN(9999, Reaction.BUG, "This version does not know the code; upgrade it.");

    private final int number;
    private final Reaction reaction;
    private final String advice;

    ErrorCode(int number, Reaction reaction, String advice) {
        this.number = number;
        this.reaction = reaction;
        this.advice = advice;
    }

    /** The stable id, for example {@code DL-2003}. */
    public String id() {
        return "DL-" + number;
    }

    public Reaction reaction() {
        return reaction;
    }

    /** One sentence for the person who reads it: what it means to them, or what to do. */
    public String advice() {
        return advice;
    }

    /** The code with this id; {@link #UNKNOWN} for an id of a later version. */
    public static ErrorCode ofId(String id) {
        for (ErrorCode code : values()) {
            if (code.id().equals(id)) {
                return code;
            }
        }
        return UNKNOWN;
    }
}
