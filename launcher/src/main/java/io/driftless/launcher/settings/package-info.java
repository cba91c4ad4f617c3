/**
 * What a person asked for: values with their checks, from options, the environment and a file. May
 * depend on the core. Invariant: a {@link io.driftless.launcher.settings.RunSettings} that passed
 * {@link io.driftless.launcher.settings.Preflight} names directories that can be worked on.
 */
@NullMarked
package io.driftless.launcher.settings;

import org.jspecify.annotations.NullMarked;
