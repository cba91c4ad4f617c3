package io.driftless.adapter.disk;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.driftless.path.EntryPath;
import io.driftless.port.TargetTree.Leftover;
import io.driftless.port.TargetTree.StageName;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an earlier process left in the stage. Names that we never give are not ours to judge and
 * stay.
 */
final class Leftovers {
    private static final Pattern STAGE_NAME = Pattern.compile("[a-z0-9-]{1,64}");

    private final Workspace workspace;

    Leftovers(Workspace workspace) {
        this.workspace = workspace;
    }

    List<Leftover> all() {
        check("open", workspace.stage());
        List<Leftover> leftovers = new ArrayList<>();
        try (Descriptor listing =
                Opening.inside(workspace.stage(), new byte[] {'.'}, Flag.O_DIRECTORY, 0)) {
            Listing names = Listing.of(listing);
            check("list", -names.errno());
            for (Listing.Child child : names.children()) {
                String name = new String(child.name(), US_ASCII);
                if (STAGE_NAME.matcher(name).matches()
                        && Statx.look(listing.number(), child.name()) >= 0) {
                    leftovers.add(new Leftover(new StageName(name), Statx.seen()));
                }
            }
        }
        return leftovers;
    }

    void discard(List<StageName> names) {
        check("open", workspace.stage());
        for (StageName name : names) {
            int removed = Names.remove(workspace.stage(), Staging.bytes(name));
            if (removed == -Errno.EISDIR) {
                keep(List.of(name));
            } else if (!Errno.isAbsent(removed)) {
                check("discard " + name.value() + " from", removed);
            }
        }
    }

    void keep(List<StageName> names) {
        check("open", workspace.stage());
        for (StageName name : names) {
            byte[] bytes = Staging.bytes(name);
            if (Statx.look(workspace.stage(), bytes) != -Errno.ENOENT) {
                workspace.toTrash(bytes, EntryPath.ofBytes(bytes));
            }
        }
    }

    private static void check(String verb, int result) {
        if (result < 0) {
            throw Failures.writing(verb, "the stage", result);
        }
    }
}
