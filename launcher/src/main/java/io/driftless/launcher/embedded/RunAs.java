package io.driftless.launcher.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * As whom the server runs: PostgreSQL refuses to be root. Where the system can do it, the kernel
 * interrupts the server when the thread that started it ends, and so when this process ends, even
 * by kill -9.
 */
enum RunAs {
    /** As this user, with the kernel's help. */
    OURSELVES(List.of("setpriv", "--pdeathsig", "INT"), OptionalInt.empty()),

    /**
     * As this user, on systems without that help. A server left behind is stopped at the next
     * start.
     */
    OURSELVES_UNBOUND(List.of(), OptionalInt.empty()),

    /** For root: in a user namespace, where it has no power and no name while files stay root's. */
    ROOT_IN_NAMESPACE(List.of("unshare", "-U", "setpriv", "--pdeathsig", "INT"), OptionalInt.of(0)),

    /**
     * For root where namespaces are forbidden, as in many containers: as nobody, who may pass
     * root's directories.
     */
    NOBODY(
            List.of(
                    "setpriv",
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                    "--inh-caps=+dac_override",
                    "--ambient-caps=+dac_override",
                    "--securebits=+no_setuid_fixup", // access(2) honours the capability
                    "--pdeathsig",
                    "INT"),
            OptionalInt.of(65534));

    private final List<String> prefix;

    @SuppressWarnings("ImmutableEnumChecker") // OptionalInt is immutable.
    private final OptionalInt owner;

    RunAs(List<String> prefix, OptionalInt owner) {
        this.prefix = prefix;
        this.owner = owner;
    }

    static RunAs choose() {
        if (isRoot()) {
            return ROOT_IN_NAMESPACE.works() ? ROOT_IN_NAMESPACE : NOBODY;
        }
        return OURSELVES.works() ? OURSELVES : OURSELVES_UNBOUND;
    }

    private boolean works() {
        return command(List.of("true")).succeeds();
    }

    Command command(List<String> words) {
        return new Command(prefix).and(words);
    }

    /** The user that must own the data; empty where it is whoever made it. */
    OptionalInt owner() {
        return owner;
    }

    private static boolean isRoot() {
        Path self = Path.of("/proc/self");
        if (!Files.exists(self)) {
            return System.getProperty("user.name").equals("root");
        }
        try {
            return Files.getAttribute(self, "unix:uid").equals(0);
        } catch (IOException unreadable) {
            return System.getProperty("user.name").equals("root");
        }
    }
}
