package io.driftless.launcher.settings;

import io.driftless.guard.RemovalLimit;

/**
 * What keeps a folder from losing more at its targets than somebody meant to remove.
 *
 * @param removals how much of a source may be removed before somebody is asked
 * @param acceptMounts what is mounted below a source, and what is not, is right as it is now
 */
public record GuardSettings(RemovalLimit removals, boolean acceptMounts) {
    public static final GuardSettings DEFAULT = new GuardSettings(RemovalLimit.DEFAULT, false);
}
