/**
 * The command line: options, what each command does with an engine, and the exit status. May depend
 * on everything in the launcher but the servers. Invariant: every failure is one line on standard
 * error with its code.
 */
@NullMarked
package io.driftless.launcher.command;

import org.jspecify.annotations.NullMarked;
