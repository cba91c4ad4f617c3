/**
 * ReconcileFlow: full scans of the source, at the start and by the clock. Only the launcher and the
 * testkit may depend on it. It asks others to look; it never writes files or the index itself.
 */
@NullMarked
package io.driftless.reconciler;

import org.jspecify.annotations.NullMarked;
