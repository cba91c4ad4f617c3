/**
 * WatchFlow: file system events become debounced hints. Only the launcher and the testkit may
 * depend on it. A hint says only "look here": a lost or a false one costs time, never data.
 */
@NullMarked
package io.driftless.watcher;

import org.jspecify.annotations.NullMarked;
