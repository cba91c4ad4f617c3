/**
 * What the measurements of the whole product against rsync need of it; the measuring itself is in
 * Python. Nothing may depend on it.
 */
@NullMarked
package io.driftless.bench;

import org.jspecify.annotations.NullMarked;
