package io.driftless.launcher.command;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version of this program, as its build wrote it into the jar. */
public final class ProgramVersion implements IVersionProvider {
    /** The number alone; {@code development} where this does not run from a jar. */
    public static String number() {
        return Optional.ofNullable(ProgramVersion.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"driftless " + number() + " (Java " + Runtime.version() + ")"};
    }
}
