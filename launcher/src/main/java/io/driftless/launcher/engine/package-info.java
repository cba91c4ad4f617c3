/**
 * What the command line needs of a running system: values that people read, and the two interfaces
 * that give them. May depend on the core and on the settings. Invariant: nothing here prints.
 */
@NullMarked
package io.driftless.launcher.engine;

import org.jspecify.annotations.NullMarked;
