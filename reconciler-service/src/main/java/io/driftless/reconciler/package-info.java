/**
 * ReconcileFlow: full scans of the source, at the start and by the clock, and the garbage of the
 * store. Only the launcher and the testkit may depend on it. It asks others to look and never
 * writes files or rows of entries itself; it alone deletes from the store.
 */
@NullMarked
package io.driftless.reconciler;

import org.jspecify.annotations.NullMarked;
