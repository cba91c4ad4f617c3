package io.driftless.launcher.command;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options that are not on the command line come from the environment: {@code --full-scan} from
 * {@code DRIFTLESS_FULL_SCAN}. What says which folders are meant does not: that must be seen on the
 * command line.
 */
final class EnvironmentDefaults implements IDefaultValueProvider {
    static final Set<String> OPTIONS =
            Set.of(
                    "--state",
                    "--store",
                    "--mode",
                    "--full-scan",
                    "--target-scan",
                    "--scrub",
                    "--status-port",
                    "--removal-ratio",
                    "--removal-floor",
                    "--removal-window",
                    "--url",
                    "--token-file");

    private final Map<String, String> environment;

    EnvironmentDefaults(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || !OPTIONS.contains(option.longestName())) {
            return null;
        }
        String name = option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
        String value = environment.getOrDefault("DRIFTLESS_" + name, "");
        return value.isEmpty() ? null : value;
    }
}
