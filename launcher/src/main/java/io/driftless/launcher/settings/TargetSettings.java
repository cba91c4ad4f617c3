package io.driftless.launcher.settings;

import io.driftless.plan.Mode;
import io.driftless.tree.TargetId;
import java.nio.file.Path;

/**
 * One target on this machine.
 *
 * @param directory absolute; made when it is missing
 */
public record TargetSettings(TargetId id, Path directory, Mode mode) {}
