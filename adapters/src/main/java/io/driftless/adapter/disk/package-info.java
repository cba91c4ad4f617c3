/**
 * Trees on disk: a reader, a target and a watch. Each is there twice: through Linux' own calls,
 * and, in the classes whose names begin with Portable, with what every Java platform has. {@link
 * io.driftless.adapter.disk.Disks} picks. Services may depend on it. Names are bytes; no symlink is
 * followed below a root, and nothing outside a root is read or written.
 *
 * <p>Of the Linux calls, a result is zero or more where it went well and the negative errno where
 * it did not, as the kernel has it; {@link io.driftless.adapter.disk.Failures} alone makes codes of
 * that.
 */
@NullMarked
package io.driftless.adapter.disk;

import org.jspecify.annotations.NullMarked;
